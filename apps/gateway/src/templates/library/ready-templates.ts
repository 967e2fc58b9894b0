import type { TemplateCategory } from '#libs/template-state';

export const READY_LANGUAGES = ['es', 'pt_BR', 'en'] as const;
export type ReadyLanguage = (typeof READY_LANGUAGES)[number];

export type ReadyKey =
  | 'order_confirmed'
  | 'order_shipped'
  | 'order_delivered'
  | 'cart_left'
  | 'payment_due'
  | 'feedback_asked'
  | 'one_time_code';

/** A template that a merchant can submit as it is: our own wording, in three languages. */
export interface ReadyTemplate {
  readonly key: ReadyKey;
  readonly category: TemplateCategory;
  /** When it is to be sent, and what its variables are, for the merchant. */
  readonly about: string;
  readonly variables: readonly string[];
  readonly components: Readonly<Record<ReadyLanguage, readonly object[]>>;
}

/** A text with its samples, in the order of its variables. */
const body = (text: string, ...samples: string[]) =>
  samples.length > 0 ? { type: 'BODY', text, example: { body_text: [samples] } } : { type: 'BODY', text };
const header = (text: string) => ({ type: 'HEADER', format: 'TEXT', text });
const footer = (text: string) => ({ type: 'FOOTER', text });
const replies = (...texts: string[]) => ({
  type: 'BUTTONS',
  buttons: texts.map((text) => ({ type: 'QUICK_REPLY', text })),
});

// Meta writes the words of a one-time code itself, in the language of the template.
const CODE = [
  { type: 'BODY', add_security_recommendation: true },
  { type: 'FOOTER', code_expiration_minutes: 10 },
  { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
] as const;

/**
 * What shops send most. Utility texts say what happened with one order and promote nothing, since Meta approves anything
 * mixed as marketing (template categorization page of 2025-11-14); marketing ones offer a way to stop them.
 */
export const READY_TEMPLATES: readonly ReadyTemplate[] = [
  {
    key: 'order_confirmed',
    category: 'utility',
    about: 'An order was placed and paid.',
    variables: ['customer', 'order number', 'total'],
    components: {
      es: [
        header('Pedido recibido'),
        body(
          'Hola, {{1}}: ya tenemos tu pedido {{2}} por un total de {{3}}. Te avisamos en cuanto salga.',
          'Lucía',
          '10482',
          '$ 850.00',
        ),
        footer('Responde a este mensaje si algo no está bien.'),
      ],
      pt_BR: [
        header('Pedido recebido'),
        body(
          'Olá, {{1}}! Seu pedido {{2}}, no total de {{3}}, já está conosco. Avisaremos assim que ele sair.',
          'Beatriz',
          '10482',
          'R$ 189,90',
        ),
        footer('Se algo não estiver certo, responda aqui.'),
      ],
      en: [
        header('We have your order'),
        body(
          'Hi {{1}}, your order {{2}} for {{3}} is in. We will write again as soon as it leaves our store.',
          'Grace',
          '10482',
          '$48.50',
        ),
        footer('Reply here if anything looks wrong.'),
      ],
    },
  },
  {
    key: 'order_shipped',
    category: 'utility',
    about: 'An order was handed to the carrier.',
    variables: ['customer', 'order number', 'carrier', 'tracking number'],
    components: {
      es: [
        header('Tu pedido va en camino'),
        body(
          'Hola, {{1}}: entregamos tu pedido {{2}} a {{3}}. Síguelo con la guía {{4}} en la página de la paquetería.',
          'Lucía',
          '10482',
          'Estafeta',
          'MX123456',
        ),
      ],
      pt_BR: [
        header('Seu pedido está a caminho'),
        body(
          'Olá, {{1}}! O pedido {{2}} foi entregue à {{3}}. Use o código {{4}} no site da transportadora para acompanhar.',
          'Beatriz',
          '10482',
          'Jadlog',
          'BR123456',
        ),
      ],
      en: [
        header('Your order is on its way'),
        body(
          'Hi {{1}}, we gave order {{2}} to {{3}} today. Follow it with tracking number {{4}} on their website.',
          'Grace',
          '10482',
          'DHL',
          'US123456',
        ),
      ],
    },
  },
  {
    key: 'order_delivered',
    category: 'utility',
    about: 'The carrier says that an order has arrived.',
    variables: ['customer', 'order number'],
    components: {
      es: [
        body('Hola, {{1}}: según la paquetería, tu pedido {{2}} ya fue entregado. ¿Llegó todo bien?', 'Lucía', '10482'),
        replies('Sí, todo bien', 'Hay un problema'),
      ],
      pt_BR: [
        body(
          'Olá, {{1}}! A transportadora informa que o pedido {{2}} foi entregue. Chegou tudo certo?',
          'Beatriz',
          '10482',
        ),
        replies('Sim, tudo certo', 'Houve um problema'),
      ],
      en: [
        body(
          'Hi {{1}}, the carrier tells us that order {{2}} has arrived. Is everything as it should be?',
          'Grace',
          '10482',
        ),
        replies('All good', 'Something is wrong'),
      ],
    },
  },
  {
    key: 'cart_left',
    category: 'marketing',
    about: 'A customer who agreed to offers left something in the cart.',
    variables: ['customer', 'product'],
    components: {
      es: [
        body(
          'Hola, {{1}}: dejaste {{2}} en tu carrito. Lo guardamos por ahora; escríbenos si quieres que te ayudemos a terminar.',
          'Lucía',
          'la chaqueta azul',
        ),
        replies('Quiero terminar', 'No recibir ofertas'),
      ],
      pt_BR: [
        body(
          'Olá, {{1}}! Você deixou {{2}} no carrinho. Está reservado por enquanto; escreva se quiser ajuda para finalizar.',
          'Beatriz',
          'a jaqueta azul',
        ),
        replies('Quero finalizar', 'Não receber ofertas'),
      ],
      en: [
        body(
          'Hi {{1}}, you left {{2}} in your cart. We are keeping it for now; write to us if you would like a hand.',
          'Grace',
          'the blue jacket',
        ),
        replies('Finish my order', 'Stop offers'),
      ],
    },
  },
  {
    key: 'payment_due',
    category: 'utility',
    about: 'A payment that the customer owes is due soon.',
    variables: ['customer', 'amount', 'order or invoice', 'day'],
    components: {
      es: [
        header('Recordatorio de pago'),
        body(
          'Hola, {{1}}: queda pendiente el pago de {{2}} por {{3}}, con vencimiento el {{4}}. Si ya pagaste, ignora este aviso.',
          'Lucía',
          '$ 850.00',
          'el pedido 10482',
          '3 de marzo',
        ),
      ],
      pt_BR: [
        header('Lembrete de pagamento'),
        body(
          'Olá, {{1}}! Falta o pagamento de {{2}} referente a {{3}}, que vence em {{4}}. Se já pagou, desconsidere este aviso.',
          'Beatriz',
          'R$ 189,90',
          'pedido 10482',
          '3 de março',
        ),
      ],
      en: [
        header('A payment is due'),
        body(
          'Hi {{1}}, your payment of {{2}} for {{3}} is due on {{4}}. If you have paid already, you can ignore this reminder.',
          'Grace',
          '$48.50',
          'order 10482',
          'March 3',
        ),
      ],
    },
  },
  {
    key: 'feedback_asked',
    category: 'utility',
    about: 'An order is complete and the shop asks how it went.',
    variables: ['customer', 'order number'],
    components: {
      es: [
        body(
          'Hola, {{1}}: ¿cómo te fue con tu pedido {{2}}? Tu respuesta nos ayuda a corregir lo que falló.',
          'Lucía',
          '10482',
        ),
        replies('Muy bien', 'Regular', 'Mal'),
      ],
      pt_BR: [
        body(
          'Olá, {{1}}! Como foi a experiência com o pedido {{2}}? Sua resposta nos ajuda a corrigir o que não deu certo.',
          'Beatriz',
          '10482',
        ),
        replies('Muito boa', 'Regular', 'Ruim'),
      ],
      en: [
        body(
          'Hi {{1}}, how did it go with order {{2}}? Your answer helps us put right what did not work.',
          'Grace',
          '10482',
        ),
        replies('Very well', 'So-so', 'Badly'),
      ],
    },
  },
  {
    key: 'one_time_code',
    category: 'authentication',
    about: 'A code with which a customer signs in; Meta writes the text.',
    variables: ['code'],
    components: { es: CODE, pt_BR: CODE, en: CODE },
  },
];

export const readyTemplate = (key: string): ReadyTemplate | undefined => READY_TEMPLATES.find((t) => t.key === key);

/** What is submitted to Meta for a language. */
export const submissionOf = (ready: ReadyTemplate, language: ReadyLanguage, name: string): Record<string, unknown> => ({
  name,
  language,
  category: ready.category.toUpperCase(),
  components: ready.components[language],
});
