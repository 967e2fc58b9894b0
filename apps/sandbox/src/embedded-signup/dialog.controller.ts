import { readFileSync } from 'node:fs';
import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { RunSignup, runSignup } from '../control/signup.controller.js';
import { Meta } from '../meta.js';

const page = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const DIALOG = page('./dialog.html');
const STYLE = page('./dialog.css');
const SCRIPT = page('./dialog.js');
const SDK = page('./sdk.js');

/** The stand-in for Meta's JavaScript SDK and the pop-up window it opens. */
@ApiExcludeController()
@Controller()
export class DialogController {
  constructor(private readonly meta: Meta) {}

  @Get(['sdk.js', ':locale/sdk.js'])
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cross-origin-resource-policy', 'cross-origin')
  sdk() {
    return SDK;
  }

  @Get(['dialog/oauth', ':version/dialog/oauth'])
  @Header('content-type', 'text/html; charset=utf-8')
  dialog() {
    return DIALOG;
  }

  @Get('dialog/style.css')
  @Header('content-type', 'text/css; charset=utf-8')
  style() {
    return STYLE;
  }

  @Get('dialog/script.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script() {
    return SCRIPT;
  }

  /** Portfolios, accounts and numbers a person could choose, and a free number. */
  @Get('dialog/choices')
  choices() {
    const { world } = this.meta;
    return {
      businesses: Array.from(world.all('business'))
        .filter((business) => business !== world.partner)
        .map((business) => ({
          id: business.id,
          name: business.name,
          accounts: Array.from(business.wabaIds, (id) => {
            const waba = world.get('waba', id)!;
            return {
              id,
              name: waba.name,
              numbers: Array.from(waba.phoneNumberIds, (numberId) => {
                const number = world.get('phone_number', numberId)!;
                return { id: numberId, name: `${number.displayPhoneNumber} (${number.verifiedName})` };
              }),
            };
          }),
        })),
      unused_phone: world.unusedPhone(),
    };
  }

  @Post('dialog/finish')
  @HttpCode(200)
  finish(@Body() body: RunSignup) {
    return runSignup(this.meta, body);
  }
}
