import { en } from './en.js';
import { es } from './es.js';
import type { Language } from './language.js';
import { pt } from './pt.js';
import type { SignupTexts } from './texts-shape.js';

export const SIGNUP_TEXTS: Readonly<Record<Language, SignupTexts>> = { en, es, pt };
