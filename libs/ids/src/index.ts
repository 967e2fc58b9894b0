export { bytesOfId, derivedId, firstIdAt, idOfBytes, isId, newId, spanOf, timeOfId } from './ids.js';
