/** What the screening saw. It decides nothing: staff do, who see it. */
export type Finding =
  | { what: 'duplicate'; by: 'registration_number' | 'website' | 'phone' }
  | { what: 'forbidden_trade'; trade: ForbiddenTrade; word: string };

/** Trades that Meta's policy keeps off WhatsApp (policy enforcement violations, 2025-11-14). */
export type ForbiddenTrade =
  | 'ADULT'
  | 'ALCOHOL'
  | 'ANIMALS'
  | 'DATING'
  | 'DRUGS'
  | 'GAMBLING'
  | 'REAL_FAKE_CURRENCY'
  | 'SUPPLEMENTS'
  | 'TOBACCO'
  | 'WEAPONS';

/** Beginnings of words in English, Spanish and Portuguese that speak of such a trade. */
const WORDS: Readonly<Record<ForbiddenTrade, readonly string[]>> = {
  ADULT: ['escort', 'porn', 'adult entertainment', 'contenido adulto', 'conteudo adulto'],
  ALCOHOL: ['alcohol', 'liquor', 'licor', 'cerveza', 'cerveja', 'vodka', 'whisky', 'tequila', 'cachaca'],
  ANIMALS: ['live animals', 'puppies', 'cachorros en venta', 'filhotes a venda', 'animales vivos', 'animais vivos'],
  DATING: ['dating', 'sitio de citas', 'site de namoro', 'encontros'],
  DRUGS: ['cannabis', 'marijuana', 'marihuana', 'maconha', 'cbd oil', 'narcotic', 'narcotico'],
  GAMBLING: ['casino', 'betting', 'gambling', 'apuestas', 'apostas', 'lottery', 'loteria'],
  REAL_FAKE_CURRENCY: ['cryptocurrency', 'criptomoneda', 'criptomoeda', 'bitcoin', 'counterfeit', 'billetes falsos'],
  SUPPLEMENTS: ['anabolic', 'anabolico', 'steroid', 'esteroide', 'weight loss pills', 'pastillas para adelgazar'],
  TOBACCO: ['tobacco', 'tabaco', 'cigar', 'vape', 'vaping', 'vapeador'],
  WEAPONS: ['weapon', 'firearm', 'ammunition', 'armas', 'municion', 'municao', 'pistola', 'rifle'],
};

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

/**
 * @param said  trade, use cases, company and website, in the merchant's words
 * @param twins by what other open applications are the same
 */
export function screenApplication(said: readonly string[], twins: readonly string[]): Finding[] {
  const text = plain(said.join(' \n '));
  const duplicates = (['registration_number', 'website', 'phone'] as const)
    .filter((by) => twins.includes(by))
    .map((by): Finding => ({ what: 'duplicate', by }));
  const forbidden = (Object.keys(WORDS) as ForbiddenTrade[]).flatMap((trade): Finding[] => {
    const word = WORDS[trade].find((w) => new RegExp(`(^|[^a-z])${w}`).test(text));
    return word ? [{ what: 'forbidden_trade', trade, word }] : [];
  });
  return [...duplicates, ...forbidden];
}
