/** An automation to begin with; its templates are the merchant's own, with this many parameters. */
export interface Preset {
  key: string;
  describe: string;
  /** As the API takes it. */
  definition: Readonly<Record<string, unknown>>;
}

const template = (name: string, body: string[], more: object = {}) => ({
  template: { name, language: 'es_MX', body, ...more },
});

/** What shops usually tell their customers, as data that can be changed before and after it is taken. */
export const PRESETS: readonly Preset[] = [
  {
    key: 'cart_left',
    describe: 'Reminds after an hour, and once more after a day, until the customer orders or writes',
    definition: {
      trigger: 'cart.left',
      goal: { kinds: ['order.placed'], scope: 'customer' },
      stop_on_reply: true,
      steps: [
        { after_minutes: 60, send: template('cart_reminder', ['{{customer_name|amigo}}', '{{url}}']) },
        { after_minutes: 1_380, send: template('cart_last_call', ['{{customer_name|amigo}}', '{{url}}']) },
      ],
    },
  },
  {
    key: 'order_confirmed',
    describe: 'Confirms an order when it is placed',
    definition: {
      trigger: 'order.placed',
      goal: { kinds: ['order.cancelled'], scope: 'subject' },
      steps: [
        {
          send: template('order_confirmed', [
            '{{customer_name|cliente}}',
            '{{order_number}}',
            '{{total}} {{currency}}',
          ]),
        },
      ],
    },
  },
  {
    key: 'payment_due',
    describe: 'Reminds of a payment after a day and after three, until it is received or the order is cancelled',
    definition: {
      trigger: 'payment.due',
      goal: { kinds: ['payment.received', 'order.cancelled'], scope: 'subject' },
      steps: [
        { after_minutes: 1_440, send: template('payment_due', ['{{order_number}}', '{{total}} {{currency}}']) },
        { after_minutes: 2_880, send: template('payment_due', ['{{order_number}}', '{{total}} {{currency}}']) },
      ],
    },
  },
  {
    key: 'shipped',
    describe: 'Tells that an order is under way, with the link to follow it',
    definition: {
      trigger: 'order.shipped',
      steps: [
        {
          only_if: [{ field: 'tracking_url', is: 'set' }],
          send: template('order_shipped', ['{{customer_name|cliente}}', '{{order_number}}', '{{tracking_url}}']),
        },
      ],
    },
  },
  {
    key: 'out_for_delivery',
    describe: 'Tells that the courier comes today',
    definition: {
      trigger: 'order.out_for_delivery',
      goal: { kinds: ['order.delivered'], scope: 'subject' },
      steps: [{ send: template('out_for_delivery', ['{{customer_name|cliente}}', '{{order_number}}']) }],
    },
  },
  {
    key: 'courier_location',
    describe: 'Shows where the courier is, every ten minutes at most, to customers who wrote within a day',
    definition: {
      trigger: 'courier.moved',
      goal: { kinds: ['order.delivered'], scope: 'subject' },
      again_after_minutes: 10,
      steps: [{ send: { location: true } }],
    },
  },
  {
    key: 'delivered',
    describe: 'Tells that an order has arrived',
    definition: {
      trigger: 'order.delivered',
      steps: [{ send: template('order_delivered', ['{{customer_name|cliente}}', '{{order_number}}']) }],
    },
  },
  {
    key: 'feedback',
    describe: 'Asks two days after delivery how it was',
    definition: {
      trigger: 'order.delivered',
      goal: { kinds: ['feedback.given'], scope: 'subject' },
      steps: [
        { after_minutes: 2_880, send: template('feedback_survey', ['{{customer_name|cliente}}', '{{order_number}}']) },
      ],
    },
  },
];
