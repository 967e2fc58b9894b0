import { randomInt } from 'node:crypto';
import { generateSecret, generateURI, verifySync } from 'otplib';
import { hashToken } from '#libs/vault';

/** A code is good for its 30 seconds and those beside them, because clocks of telephones drift (RFC 6238, 5.2). */
const TOLERANCE_SECONDS = 30;
const RECOVERY_CODES = 10;
// No letters and digits that look alike on paper.
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

export const newTotpSecret = (): string => generateSecret();

/** The address that an authenticator app reads from a QR code. */
export const totpUri = (issuer: string, email: string, secret: string): string =>
  generateURI({ issuer, label: email, secret });

/**
 * @param lastStep the last 30-second step whose code was taken; codes of it and before do not work again
 * @returns the step of the code, or undefined when it is wrong, too old or was used
 */
export function stepOfCode(secret: string, code: string, at: Date, lastStep: number | undefined): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const verdict = verifySync({
    secret,
    token: code,
    epoch: Math.floor(at.getTime() / 1_000),
    epochTolerance: TOLERANCE_SECONDS,
  });
  if (!verdict.valid || !('timeStep' in verdict)) return undefined;
  const step = Number(verdict.timeStep);
  return lastStep !== undefined && step <= lastStep ? undefined : step;
}

/** Ten codes for the day the telephone is lost, such as `x7kq-3mpd-9wtr`; each works once. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    [0, 1, 2].map(() => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join('-'),
  );

export const hashRecoveryCode = (code: string): Buffer => hashToken(code.toLowerCase().replace(/[^a-z0-9]/g, ''));
