export { bytesOfId, derivedId, firstIdAt, idOfBytes, isId, newId, timeOfId } from './ids.js';
