import fc from 'fast-check';
import { wishIn } from './wish-in.js';

describe('a customer who writes one word', () => {
  it.each([
    'STOP',
    'stop',
    ' Stop. ',
    '¡BAJA!',
    'baja 🙏',
    'Dar de  baja',
    'SAIR',
    'Sair!',
    'não quero mais receber',
    'Cancelar inscrição',
    'Stop promotions',
    'ＳＴＯＰ',
  ])('"%s" wants no more marketing', (text) => expect(wishIn(text)).toBe('stop'));

  it.each(['START', 'alta', '¡Alta!', 'Retomar promoções'])('"%s" wants it again', (text) =>
    expect(wishIn(text)).toBe('start'),
  );

  it.each(['Yes', 'Sí', 'sim', 'SI!'])('"%s" says yes', (text) => expect(wishIn(text)).toBe('yes'));

  it.each(['Yes, I want offers', 'Sí, quiero recibir ofertas', 'sim quero receber ofertas!'])(
    '"%s" says yes to offers',
    (text) => expect(wishIn(text)).toBe('offers'),
  );

  it.each([
    'stop by at six',
    'yes, I want offers on shoes',
    'please stop the second order, keep the first',
    'la tienda da de baja el producto',
    'quero sair com você',
    'cancel',
    'cancelar',
    'voltar',
    'alto',
    'fin',
    'no',
    '👍',
    '...',
    '',
    `stop${'!'.repeat(200)}`,
    'S T O P',
  ])('"%s" wants nothing of the kind', (text) => expect(wishIn(text)).toBeUndefined());

  it('may use a word that the business tells its customers', () => {
    const own = { stop: ['Ya no, gracias'], start: ['Club', 'stop'] };
    expect(wishIn('ya no gracias', own)).toBe('stop');
    expect(wishIn('CLUB', own)).toBe('start');
    expect(wishIn('stop', own)).toBe('stop');
    expect(wishIn('ya no gracias')).toBeUndefined();
  });

  it('is understood whatever stands around the word, and not when another word does', () => {
    const signs = fc.stringMatching(/^[ .,!¡?¿*_"'\-🙏]{0,5}$/u);
    fc.assert(
      fc.property(signs, signs, fc.constantFrom('stop', 'BAJA', 'Sair'), (before, after, word) => {
        expect(wishIn(before + word + after)).toBe('stop');
        expect(wishIn(`${before}${word} pedido${after}`)).toBeUndefined();
      }),
    );
  });
});
