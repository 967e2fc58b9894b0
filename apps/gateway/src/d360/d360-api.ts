import {
  applyDecorators,
  type CanActivate,
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import { ApiHeader, ApiQuery, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiKeyGuard, type Caller } from '#libs/tenants';
import { ChooseNumber, type ChosenNumber } from './choose-number.js';

type Asking = FastifyRequest & { caller: Caller; chosenNumber?: () => Promise<ChosenNumber> };

/** Lets a handler ask with `@Chosen()` which number is meant; one that does not ask works with any number of them. */
@Injectable()
export class NumberGuard implements CanActivate {
  constructor(private readonly choose: ChooseNumber) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Asking>();
    request.chosenNumber = () => this.choose.of(request.caller, request);
    return true;
  }
}

/** The number that the call is about. Refuses the call when there are several and none is named. */
export const Chosen = createParamDecorator((_: unknown, context: ExecutionContext): Promise<ChosenNumber> => {
  const { chosenNumber } = context.switchToHttp().getRequest<Asking>();
  if (!chosenNumber) throw new Error('a controller with @Chosen() needs @D360Api()');
  return chosenNumber();
});

/** What all controllers of 360dialog's API share: the key of its clients, and a number that is seldom named. */
export const D360Api = (tag: string, path = ''): ClassDecorator =>
  applyDecorators(
    ApiTags(tag),
    ApiSecurity('D360-API-KEY'),
    ApiHeader({ name: 'X-Phone-Number-Id', required: false, description: 'Which number, where the key has several' }),
    ApiQuery({ name: 'phone_number_id', required: false, description: 'The same as a parameter', type: String }),
    UseGuards(ApiKeyGuard, NumberGuard),
    Controller(path),
  );

/** The bodies that both forms of the API take, for its documents. */
export const EXAMPLES = {
  message: { to: '16505551234', type: 'text', text: { body: 'Hello' } },
  template: {
    name: 'parcel_sent',
    language: 'en_US',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Your parcel is on its way.' }],
  },
  webhook: { url: 'https://shop.example/hook', headers: { Authorization: 'Bearer secret' } },
} as const;
