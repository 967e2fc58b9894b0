import { readFileSync } from 'node:fs';
import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { LANGUAGES, languageFor } from '../signups/texts/language.js';
import { contentSecurityPolicy } from './content-security-policy.js';
import { fillIn } from './fill-in.js';
import { PAGE_TEXTS } from './page-texts.js';

const file = (name: string) => readFileSync(new URL(`../../pages/${name}`, import.meta.url), 'utf8');
const PAGE = file('signup.html');
const ASSETS: Readonly<Record<string, { type: string; body: string }>> = {
  'signup.css': { type: 'text/css; charset=utf-8', body: file('signup.css') },
  'signup.js': { type: 'text/javascript; charset=utf-8', body: file('signup.js') },
};

/** The hosted page on which a merchant makes an account and connects a number. It speaks to the public API only. */
@ApiExcludeController()
@Controller('signup')
export class SignupPageController {
  private readonly config = loadConfig(['META_APP_ID', 'META_SIGNUP_CONFIG_ID', 'META_SDK_URL', 'META_GRAPH_VERSION']);

  /** A file of the page. */
  @Get('assets/:name')
  asset(@Param('name') name: string, @Res() reply: FastifyReply): void {
    const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    if (!asset) throw Refusal.notFound('file');
    void reply
      .header('content-type', asset.type)
      .header('cache-control', 'no-cache')
      .header('x-content-type-options', 'nosniff')
      .send(asset.body);
  }

  /** The page, in the language of `?lang=` or of the browser; with an id it shows that signup. */
  @Get(['', ':id'])
  page(
    @Res() reply: FastifyReply,
    @Param('id') id?: string,
    @Query('lang') lang?: string,
    @Headers('accept-language') acceptLanguage?: string,
  ): void {
    if (id !== undefined && !isId(id)) throw Refusal.notFound('signup');
    const language = languageFor(typeof lang === 'string' ? lang : undefined, acceptLanguage);
    const texts = PAGE_TEXTS[language];
    const body = fillIn(PAGE, {
      ...texts,
      language,
      signupId: id ?? '',
      provider: 'Paloma',
      appId: this.config.META_APP_ID,
      configId: this.config.META_SIGNUP_CONFIG_ID,
      sdkUrl: this.config.META_SDK_URL,
      sdkOrigin: new URL(this.config.META_SDK_URL).origin,
      graphVersion: this.config.META_GRAPH_VERSION,
      ...Object.fromEntries(LANGUAGES.map((l) => [`current_${l}`, String(l === language)])),
    });
    void reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('vary', 'accept-language')
      .header('content-security-policy', contentSecurityPolicy(this.config.META_SDK_URL))
      // Meta's dialog posts to its opener, so the pop-up must keep it.
      .header('cross-origin-opener-policy', 'same-origin-allow-popups')
      .header('referrer-policy', 'strict-origin-when-cross-origin')
      .header('x-content-type-options', 'nosniff')
      .send(body);
  }
}
