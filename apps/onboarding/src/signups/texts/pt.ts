import type { SignupTexts } from './texts-shape.js';

export const pt: SignupTexts = {
  states: {
    'waiting-for-merchant': 'Esperando por você',
    working: 'Estamos preparando tudo',
    'waiting-for-meta': 'Esperando a Meta',
    failed: 'Algo precisa de atenção',
    live: 'Seu número está ativo',
    cancelled: 'Você saiu da janela da Meta',
    disconnected: 'A Meta retirou a permissão',
  },
  steps: {
    'create-account': 'Criamos a sua conta do WhatsApp Business',
    'add-number': 'Adicionamos o seu número',
    'verify-number': 'Você comprova o seu número com um código',
    'share-credit': 'Combinamos quem paga à Meta',
    'sync-app': 'Pedimos ao app os contatos e o histórico',
    'import-profile': 'Lemos o seu perfil comercial',
    'hear-from-meta': 'Os avisos da Meta chegam até nós',
    dialog: 'Você dá acesso na janela da Meta',
    'exchange-code': 'A Meta nos dá a permissão',
    'prove-access': 'Conferimos o acesso à sua conta',
    'save-account': 'Guardamos sua conta e seu número',
    'subscribe-app': 'Ativamos a entrega de mensagens',
    'register-number': 'Registramos seu número',
    'import-numbers': 'Lemos a qualidade e os limites',
  },
  causes: {
    partner_removed: [
      'Você ou alguém da equipe encerrou o nosso acesso no Meta Business Suite.',
      'Conecte de novo para devolvê-lo.',
    ],
    account_deleted: ['A conta do WhatsApp Business foi excluída na Meta.', 'Conecte de novo com outra conta.'],
    code_needed: ['A Meta precisa ver que o número é seu.', 'Peça o código por SMS ou ligação e digite-o.'],
    credit_refused: [
      'A Meta não nos deixou pagar por esta conta.',
      'O nosso suporte precisa resolver isto. Fale conosco.',
    ],
    code_expired: [
      'O código de permissão da Meta vale 30 segundos e chegou tarde demais.',
      'Conecte de novo; o que já foi feito fica guardado.',
    ],
    code_used: [
      'O código de permissão da Meta foi gasto antes que a resposta chegasse.',
      'Conecte de novo; o que já foi feito fica guardado.',
    ],
    code_refused: ['A Meta não aceitou o código de permissão.', 'Conecte de novo; o que já foi feito fica guardado.'],
    nothing_shared: [
      'Nenhuma conta do WhatsApp Business foi compartilhada na janela da Meta.',
      'Conecte de novo e escolha uma conta.',
    ],
    access_refused: [
      'A permissão não inclui a conta do WhatsApp Business escolhida.',
      'Conecte de novo e permita o acesso a essa conta. Você precisa de controle total dela no Meta Business Suite.',
    ],
    token_lost: ['A Meta retirou a permissão, ou ela venceu.', 'Conecte de novo para renová-la.'],
    waba_taken: [
      'Esta conta do WhatsApp Business já está conectada a outro cliente desta plataforma.',
      'Desconecte-a lá primeiro, escolha outra conta ou fale com o suporte.',
    ],
    number_taken: [
      'Este número de telefone já está conectado a outro cliente desta plataforma.',
      'Desconecte-o lá primeiro, escolha outro número ou fale com o suporte.',
    ],
    business_taken: [
      'Este portfólio empresarial já está conectado a outro cliente desta plataforma.',
      'Entre com essa conta ou fale com o suporte.',
    ],
    business_unknown: [
      'A Meta não mostra a que portfólio empresarial a conta pertence.',
      'Conecte de novo e escolha o portfólio empresarial.',
    ],
    no_number: [
      'A conta ainda não tem um número de telefone.',
      'Conecte de novo e adicione um número, ou adicione-o no Gerenciador do WhatsApp e tente de novo.',
    ],
    number_unverified: [
      'A Meta pede que o número de telefone seja verificado primeiro.',
      'Conecte de novo e verifique o número com o código que a Meta envia.',
    ],
    pin_mismatch: [
      'O número tem um PIN de confirmação em duas etapas que não conhecemos.',
      'Desative a confirmação em duas etapas no Gerenciador do WhatsApp e tente de novo.',
    ],
    pin_locked: [
      'O PIN de confirmação em duas etapas foi digitado errado vezes demais.',
      'Tentaremos de novo sozinhos em cerca de uma hora.',
    ],
    register_limit: [
      'O número foi registrado e desregistrado vezes demais. A Meta permite dez em 72 horas.',
      'Tentaremos de novo sozinhos depois de 72 horas.',
    ],
    account_blocked: [
      'A Meta bloqueou esta conta ou este número.',
      'Veja a página de qualidade da conta no Meta Business Suite, peça uma análise à Meta e tente de novo.',
    ],
    number_pending: ['A Meta ainda não conectou o número.', 'Não há nada a fazer. Vamos olhar de novo sozinhos.'],
    platform_misconfigured: [
      'A Meta recusou os ajustes da nossa plataforma, não os seus.',
      'Nosso suporte precisa resolver isso. Fale conosco, por favor.',
    ],
    meta_unavailable: ['A Meta não está respondendo como deveria.', 'Não há nada a fazer. Tentamos de novo sozinhos.'],
    meta_refused: [
      'A Meta recusou este passo.',
      'Tente de novo. Se continuar assim, envie os detalhes abaixo ao nosso suporte.',
    ],
    internal: ['Algo deu errado do nosso lado.', 'Não há nada a fazer. Tentamos de novo sozinhos.'],
  },
  notes: {
    own_payment:
      'A Meta cobra você diretamente: adicione uma forma de pagamento no Meta Business Suite antes de enviar modelos.',
    sync_too_late: 'Não foi mais possível pedir os contatos e o histórico; a Meta permite isso por 24 horas.',
    profile_hidden: 'A Meta ainda não mostra o perfil; você pode preenchê-lo aqui.',
    no_event_yet: 'O primeiro aviso ainda não chegou; é normal nos primeiros minutos.',
  },
  news: {
    PARTNER_ADDED: 'A Meta confirmou que você nos deu acesso.',
    PARTNER_REMOVED: 'A Meta avisou que o nosso acesso foi encerrado.',
    ACCOUNT_OFFBOARDED: 'O número saiu do app WhatsApp Business no telefone.',
    ACCOUNT_RECONNECTED: 'O número voltou ao app WhatsApp Business.',
    ACCOUNT_DELETED: 'A conta foi excluída na Meta.',
    ACCOUNT_RESTRICTION: 'A Meta restringiu a conta; veja a qualidade da conta no Meta Business Suite.',
    ACCOUNT_VIOLATION: 'A Meta viu uma violação da sua política; veja a qualidade da conta no Meta Business Suite.',
    DISABLED_UPDATE: 'A Meta mudou se a conta está desativada.',
    APPROVED: 'A análise da Meta aprovou a conta.',
    REJECTED: 'A análise da Meta recusou a conta.',
    OTHER: 'A Meta nos disse: {told}',
  },
  next: {
    connect: 'Abra a janela da Meta e siga os passos.',
    waitForCode:
      'A Meta nos disse que você terminou, mas o código de permissão não chegou. Se continuar assim, conecte de novo.',
    wait: 'Não há nada a fazer; leva um momento.',
    namedLate:
      'O que aparece aqui está ativo, mas a janela da Meta era sobre outro número. Conecte de novo e configuramos esse.',
    payFirst:
      'Você já pode receber mensagens. Adicione uma forma de pagamento no Meta Business Suite para enviar modelos.',
    live: 'Você já pode enviar e receber mensagens.',
    cancelled: 'Abra de novo a janela da Meta quando quiser; nada se perde.',
    retry: 'Tente de novo.',
  },
};
