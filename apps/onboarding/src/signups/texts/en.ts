import type { SignupTexts } from './texts-shape.js';

export const en: SignupTexts = {
  states: {
    'waiting-for-merchant': 'Waiting for you',
    working: 'We are setting things up',
    'waiting-for-meta': 'Waiting for Meta',
    failed: 'Something needs attention',
    live: 'Your number is live',
    cancelled: 'You left Meta’s window',
    disconnected: 'Meta’s permission was taken back',
  },
  steps: {
    'create-account': 'We make your WhatsApp Business account',
    'add-number': 'We add your number',
    'verify-number': 'You prove your number with a code',
    'share-credit': 'We arrange who pays Meta',
    'sync-app': 'We ask the app for contacts and history',
    'import-profile': 'We read your business profile',
    'hear-from-meta': 'Meta’s events reach us',
    dialog: 'You allow access in Meta’s window',
    'exchange-code': 'Meta gives us permission',
    'prove-access': 'We check the access to your account',
    'save-account': 'We save your account and number',
    'subscribe-app': 'We switch on message delivery',
    'register-number': 'We register your number',
    'import-numbers': 'We read quality and limits',
  },
  causes: {
    partner_removed: ['You or a colleague ended our access in Meta Business Suite.', 'Connect again to give it back.'],
    account_deleted: ['The WhatsApp Business account was deleted at Meta.', 'Connect again with another account.'],
    code_needed: [
      'Meta must see that the phone number is yours.',
      'Ask for the code by text message or call, and enter it.',
    ],
    credit_refused: ['Meta did not let us pay for this account.', 'Our support has to mend this. Please contact us.'],
    code_expired: [
      'Meta’s permission code is valid for 30 seconds and arrived too late.',
      'Connect again; what was done so far is kept.',
    ],
    code_used: [
      'Meta’s permission code was used up before its answer reached us.',
      'Connect again; what was done so far is kept.',
    ],
    code_refused: ['Meta did not accept the permission code.', 'Connect again; what was done so far is kept.'],
    nothing_shared: [
      'No WhatsApp Business account was shared in Meta’s window.',
      'Connect again and choose an account.',
    ],
    access_refused: [
      'The permission does not cover the WhatsApp Business account that was chosen.',
      'Connect again and allow access to that account. You need full control of it in Meta Business Suite.',
    ],
    token_lost: ['Meta has withdrawn the permission, or it has expired.', 'Connect again to renew it.'],
    waba_taken: [
      'This WhatsApp Business account is already connected to another customer here.',
      'Disconnect it there first, choose another account, or ask support.',
    ],
    number_taken: [
      'This phone number is already connected to another customer here.',
      'Disconnect it there first, choose another number, or ask support.',
    ],
    business_taken: [
      'This business portfolio is already connected to another customer here.',
      'Sign in with that account, or ask support.',
    ],
    business_unknown: [
      'Meta does not show which business portfolio owns the account.',
      'Connect again and choose the business portfolio.',
    ],
    no_number: [
      'The account has no phone number yet.',
      'Connect again and add a number, or add one in WhatsApp Manager and try again.',
    ],
    number_unverified: [
      'Meta wants the phone number to be verified first.',
      'Connect again and verify the number with the code Meta sends.',
    ],
    pin_mismatch: [
      'The number has a two-step PIN that we do not know.',
      'Turn off two-step verification in WhatsApp Manager, then try again.',
    ],
    pin_locked: [
      'The number’s two-step PIN was entered wrongly too often.',
      'We try again by ourselves in about an hour.',
    ],
    register_limit: [
      'The number was registered and deregistered too often. Meta allows ten times in 72 hours.',
      'We try again by ourselves after 72 hours.',
    ],
    account_blocked: [
      'Meta has blocked this account or number.',
      'Look at the Account Quality page in Meta Business Suite, ask Meta for a review, then try again.',
    ],
    number_pending: ['Meta has not connected the number yet.', 'There is nothing to do. We look again by ourselves.'],
    platform_misconfigured: [
      'Meta refused the settings of our platform, not yours.',
      'Our support has to mend this. Please contact us.',
    ],
    meta_unavailable: ['Meta is not answering as it should.', 'There is nothing to do. We try again by ourselves.'],
    meta_refused: [
      'Meta refused this step.',
      'Try again. If it stays like this, send the details below to our support.',
    ],
    internal: ['Something went wrong on our side.', 'There is nothing to do. We try again by ourselves.'],
  },
  notes: {
    own_payment: 'Meta bills you directly: add a payment method in Meta Business Suite before you send templates.',
    sync_too_late: 'Contacts and history could not be asked for any more; Meta allows it for 24 hours.',
    profile_hidden: 'Meta does not show the profile yet; you can fill it in here.',
    no_event_yet: 'The first event has not arrived yet; that is usual in the first minutes.',
  },
  news: {
    PARTNER_ADDED: 'Meta confirmed that you gave us access.',
    PARTNER_REMOVED: 'Meta told us that our access was ended.',
    ACCOUNT_OFFBOARDED: 'The number was signed out of the WhatsApp Business app on its phone.',
    ACCOUNT_RECONNECTED: 'The number is back in the WhatsApp Business app.',
    ACCOUNT_DELETED: 'The account was deleted at Meta.',
    ACCOUNT_RESTRICTION: 'Meta restricted the account; look at Account Quality in Meta Business Suite.',
    ACCOUNT_VIOLATION: 'Meta saw a breach of its policy; look at Account Quality in Meta Business Suite.',
    DISABLED_UPDATE: 'Meta changed whether the account is disabled.',
    APPROVED: 'Meta’s review approved the account.',
    REJECTED: 'Meta’s review rejected the account.',
    OTHER: 'Meta told us: {told}',
  },
  next: {
    connect: 'Open Meta’s window and follow its steps.',
    waitForCode:
      'Meta told us that you finished, but its permission code has not arrived. If this stays, connect again.',
    wait: 'There is nothing to do; this takes a moment.',
    namedLate:
      'What is shown here is live, but Meta’s window was about another number. Connect again, and we set that one up.',
    payFirst: 'You can receive messages. Add a payment method in Meta Business Suite to send templates.',
    live: 'You can send and receive messages.',
    cancelled: 'Open Meta’s window again when you are ready; nothing is lost.',
    retry: 'Try again.',
  },
};
