export { isPhone, MARKETS, marketNamed, marketOf, OTHER_MARKET, type Place } from './market-of.js';
