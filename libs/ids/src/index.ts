export { derivedId, firstIdAt, isId, newId, timeOfId } from './ids.js';
