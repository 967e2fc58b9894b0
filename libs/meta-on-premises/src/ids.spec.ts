import { isOnPremisesMediaId, isOnPremisesMessageId } from './ids.js';

describe('an id tells which API gave it', () => {
  it.each([
    ['gBEGkYiEB1VXAglK1ZEqA1YKPrU', true],
    ['ABGGFlA5FpafAgo6tHcNmNjXmuSf', true],
    ['wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTdCNTg5RjY1MEMyRjlGMjRGNgA=', false],
  ])('message %s', (id, onPremises) => expect(isOnPremisesMessageId(id)).toBe(onPremises));

  it.each([
    ['f043afd0-f0ae-4b9c-ab3d-696fb4c8cd68', true],
    ['1013859600285441', false],
  ])('file %s', (id, onPremises) => expect(isOnPremisesMediaId(id)).toBe(onPremises));
});
