export { formsOf, lineOf } from './line-of.js';
