import { readFileSync } from 'node:fs';
import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { isISO31661Alpha2 } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { getCountries } from 'libphonenumber-js/max';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { Branding, MetaApp } from '#libs/provider-settings';
import { LANGUAGES, type Language, languageFor } from '../signups/texts/language.js';
import { ACCOUNT_TEXTS, type AccountPage, isAccountPage } from './account-texts.js';
import { APPLY_TEXTS } from './apply-texts.js';
import { type PageBranding, pageBranding } from './branding.js';
import { contentSecurityPolicy } from './content-security-policy.js';
import { fillIn } from './fill-in.js';
import { PAGE_TEXTS } from './page-texts.js';

const file = (name: string) => readFileSync(new URL(`../../pages/${name}`, import.meta.url), 'utf8');
const SIGNUP = file('signup.html');
const ACCOUNT = file('account.html');
const APPLY = file('apply.html');
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const STYLES = ['page.css', 'forms.css', 'progress.css'];
const SCRIPTS = ['session.js', 'forms.js', 'dialog.js', 'timeline.js', 'signup.js', 'account.js', 'apply.js'];
const ASSETS: Readonly<Record<string, { type: string; body: string }>> = {
  ...Object.fromEntries(STYLES.map((name) => [name, { type: CSS, body: file(name) }])),
  ...Object.fromEntries(SCRIPTS.map((name) => [name, { type: SCRIPT, body: file(name) }])),
};
/** Countries that an application can name: those with telephone numbers, by ISO 3166-1 alpha-2. */
const COUNTRIES = getCountries()
  .filter((code) => isISO31661Alpha2(code))
  .join(' ');

/** What an address may ask of a page, whatever it holds: its language, and where to go on after signing in (`apply`). */
type Asked = Readonly<Record<string, unknown>>;

/** The hosted pages on which a merchant makes an account, connects a number and follows letters. They use the public API. */
@ApiExcludeController()
@Controller()
export class SignupPageController {
  private readonly config = loadConfig(['META_SDK_URL', 'META_GRAPH_VERSION']);

  constructor(
    private readonly metaApp: MetaApp,
    private readonly branding: Branding,
  ) {}

  /** A file of the pages. */
  @Get('signup/assets/:name')
  asset(@Param('name') name: string, @Res() reply: FastifyReply): void {
    const ours = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    const asset = name === 'brand.css' ? { type: CSS, body: this.brand.css } : ours;
    if (!asset) throw Refusal.notFound('file');
    void reply
      .header('content-type', asset.type)
      .header('cache-control', 'no-cache')
      .header('x-content-type-options', 'nosniff')
      .send(asset.body);
  }

  /** The signup page, in the language of `?lang=` or of the browser; with an id it shows that signup. */
  @Get(['signup', 'signup/:id'])
  page(
    @Res() reply: FastifyReply,
    @Query() asked: Asked,
    @Param('id') id?: string,
    @Headers('accept-language') accept?: string,
  ): void {
    if (id !== undefined && !isId(id)) throw Refusal.notFound('signup');
    this.send(reply, SIGNUP, asked, accept, (language) => ({
      ...PAGE_TEXTS[language],
      signupId: id ?? '',
      appId: this.metaApp.id,
      configId: this.metaApp.signupConfigId,
      sdkUrl: this.config.META_SDK_URL,
      sdkOrigin: new URL(this.config.META_SDK_URL).origin,
      graphVersion: this.config.META_GRAPH_VERSION,
    }));
  }

  /** Where links of letters lead: confirm an address, choose a password, join. */
  @Get('account/:what')
  account(
    @Res() reply: FastifyReply,
    @Query() asked: Asked,
    @Param('what') what: string,
    @Headers('accept-language') accept?: string,
  ): void {
    if (!isAccountPage(what)) throw Refusal.notFound('page');
    const page: AccountPage = what;
    this.send(reply, ACCOUNT, asked, accept, (language) => {
      const { common, pages } = ACCOUNT_TEXTS[language];
      return { ...common, ...pages[page], what };
    });
  }

  /** Where a merchant applies to be connected by the provider, and sees how it goes. */
  @Get('apply')
  apply(@Res() reply: FastifyReply, @Query() asked: Asked, @Headers('accept-language') accept?: string): void {
    this.send(reply, APPLY, asked, accept, (language) => ({ ...APPLY_TEXTS[language], countries: COUNTRIES }));
  }

  private get brand(): PageBranding {
    return pageBranding(this.branding);
  }

  private send(
    reply: FastifyReply,
    page: string,
    { lang, next }: Asked,
    accept: string | undefined,
    textsIn: (language: Language) => Record<string, string>,
  ): void {
    const language = languageFor(typeof lang === 'string' ? lang : undefined, accept);
    const goesOn = next === 'apply' ? next : '';
    const brand = this.brand;
    const body = fillIn(page, {
      ...textsIn(language),
      ...brand.values,
      language,
      next: goesOn,
      keep: goesOn ? `&next=${goesOn}` : '',
      ...Object.fromEntries(LANGUAGES.map((l) => [`current_${l}`, String(l === language)])),
    });
    void reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('vary', 'accept-language')
      .header('content-security-policy', contentSecurityPolicy(this.config.META_SDK_URL, brand.logoUrl))
      // Meta's dialog posts to its opener, so the pop-up must keep it.
      .header('cross-origin-opener-policy', 'same-origin-allow-popups')
      .header('referrer-policy', 'strict-origin-when-cross-origin')
      .header('x-content-type-options', 'nosniff')
      .send(body);
  }
}
