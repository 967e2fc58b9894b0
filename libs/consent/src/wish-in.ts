/**
 * What a customer wants by a single word: no more marketing, marketing again, yes to a question, or yes to offers, which says
 * by itself what it is to (what a chat link begins the chat with).
 */
export type Wish = 'stop' | 'start' | 'yes' | 'offers';

/**
 * A whole message that says nothing else. Words of everyday talk are left out, because a customer who writes "cancel" or
 * "fin" to a shop speaks of an order; and of the words below, none is part of an ordinary sentence's answer.
 */
const WORDS: Readonly<Record<Wish, readonly string[]>> = {
  stop: [
    // en
    'stop',
    'stopall',
    'stop all',
    'stop promotions',
    'stop messages',
    'unsubscribe',
    'unsubscribe me',
    'opt out',
    'optout',
    // es
    'baja',
    'parar',
    'dar de baja',
    'darme de baja',
    'dame de baja',
    'quiero darme de baja',
    'no mas mensajes',
    'no mas promociones',
    'detener promociones',
    'cancelar suscripcion',
    // pt
    'sair',
    'pare',
    'descadastrar',
    'descadastre',
    'me descadastre',
    'parar promocoes',
    'parar mensagens',
    'cancelar inscricao',
    'cancelar assinatura',
    'nao quero mais receber',
  ],
  start: [
    'start',
    'unstop',
    'subscribe',
    'resume promotions',
    'alta',
    'darme de alta',
    'suscribirme',
    'reanudar promociones',
    'inscrever',
    'inscrever me',
    'retomar promocoes',
  ],
  yes: ['yes', 'y', 'si', 's', 'sim', 'ok', 'confirm', 'i confirm', 'confirmo', 'confirmar', 'acepto', 'aceito'],
  offers: ['yes i want offers', 'si quiero recibir ofertas', 'sim quero receber ofertas'],
};

/** No word is longer; a message that is, is no word. */
export const LONGEST_WORD = 40;

/**
 * What a message wants of us, if it is one of the words and nothing but it. Case, accents, spaces and signs around and
 * between do not matter ("¡Baja!", "S.T.O.P" is not one); a sentence that merely holds a word is none ("stop by at six").
 *
 * @param text as the customer wrote it, or the text of the button that was pressed
 * @param own  words that the business tells its customers in addition
 */
export function wishIn(
  text: string,
  own: { stop: readonly string[]; start: readonly string[] } = NONE,
): Wish | undefined {
  if (text.length > 2 * LONGEST_WORD) return undefined;
  const word = plain(text);
  if (word === '' || word.length > LONGEST_WORD) return undefined;
  // Who may have been meant to stop must not be written to: a word of both lists is a stop.
  if (WISHES.get(word) === 'stop' || own.stop.some((w) => plain(w) === word)) return 'stop';
  if (own.start.some((w) => plain(w) === word)) return 'start';
  return WISHES.get(word);
}

/** Letters and digits without accents, in lower case, with single spaces for all else. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const NONE = { stop: [], start: [] } as const;

const WISHES: ReadonlyMap<string, Wish> = new Map(
  (Object.keys(WORDS) as Wish[]).flatMap((wish) => WORDS[wish].map((word) => [word, wish] as const)),
);
