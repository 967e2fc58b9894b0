/** Templates as Meta lists them, such that each sample message names one: what its parameters are checked against. */
interface DefinedTemplate {
  category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION';
  components: object[];
  parameter_format?: 'NAMED';
}

const body = (text: string) => ({ type: 'BODY', text });
const header = (format: string) => ({ type: 'HEADER', format });
const buttons = (...list: object[]) => ({ type: 'BUTTONS', buttons: list });
const quickReply = { type: 'QUICK_REPLY', text: 'Stop' };

export const TEMPLATES: Readonly<Record<string, DefinedTemplate>> = {
  hello_world: { category: 'UTILITY', components: [body('Hello from all of us.')] },
  order_ready: { category: 'UTILITY', components: [body('Hello {{1}}, your order {{2}} is ready.')] },
  order_ready_named: {
    category: 'UTILITY',
    parameter_format: 'NAMED',
    components: [body('Hello {{first_name}}, your order {{order_number}} is ready.')],
  },
  invoice: { category: 'UTILITY', components: [body('Please pay {{1}} until {{2}}, thank you.')] },
  promo: {
    category: 'MARKETING',
    components: [
      header('IMAGE'),
      body('Hello {{1}}, our sale has begun.'),
      buttons(quickReply, { type: 'URL', text: 'Look', url: 'https://shop.example/{{1}}' }),
    ],
  },
  otp: {
    category: 'AUTHENTICATION',
    components: [
      { type: 'BODY', text: '*{{1}}* is your verification code.' },
      buttons({ type: 'URL', text: 'Copy code', url: 'https://www.whatsapp.com/otp/code/?code=otp{{1}}' }),
    ],
  },
  delivery: { category: 'UTILITY', components: [header('LOCATION'), body('Your parcel is here.')] },
  coupon: {
    category: 'MARKETING',
    components: [body('Ten percent for you.'), buttons({ type: 'COPY_CODE', example: 'SAVE10' })],
  },
  lto: {
    category: 'MARKETING',
    components: [
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
      body('Ten percent for you.'),
      buttons({ type: 'COPY_CODE', example: 'SAVE10' }),
    ],
  },
  catalog: {
    category: 'MARKETING',
    components: [body('All our teas.'), buttons({ type: 'CATALOG', text: 'View catalog' })],
  },
  mpm: { category: 'MARKETING', components: [body('Our best teas.'), buttons({ type: 'MPM', text: 'View items' })] },
  spm: {
    category: 'MARKETING',
    components: [header('PRODUCT'), body('Our best tea.'), buttons({ type: 'SPM', text: 'View' })],
  },
  flow_tpl: {
    category: 'UTILITY',
    components: [body('Book a table.'), buttons({ type: 'FLOW', text: 'Book', flow_id: '620000000000001' })],
  },
  carousel: {
    category: 'MARKETING',
    components: [
      body('Hello {{1}}, look at these.'),
      {
        type: 'CAROUSEL',
        cards: [0, 1].map(() => ({ components: [header('IMAGE'), buttons(quickReply)] })),
      },
    ],
  },
};
