export { isPhone, MARKETS, marketNamed, marketOf, marketOfCountry, OTHER_MARKET, type Place } from './market-of.js';
