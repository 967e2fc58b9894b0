import type { SignupTexts } from './texts-shape.js';

export const pt: SignupTexts = {
  states: {
    'waiting-for-merchant': 'Esperando por você',
    working: 'Estamos preparando tudo',
    'waiting-for-meta': 'Esperando a Meta',
    failed: 'Algo precisa de atenção',
    live: 'Seu número está ativo',
    cancelled: 'Você saiu da janela da Meta',
  },
  steps: {
    dialog: 'Você dá acesso na janela da Meta',
    'exchange-code': 'A Meta nos dá a permissão',
    'prove-access': 'Conferimos o acesso à sua conta',
    'save-account': 'Guardamos sua conta e seu número',
    'subscribe-app': 'Ativamos a entrega de mensagens',
    'register-number': 'Registramos seu número',
    'import-numbers': 'Lemos a qualidade e os limites',
  },
  causes: {
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
  next: {
    connect: 'Abra a janela da Meta e siga os passos.',
    waitForCode:
      'A Meta nos disse que você terminou, mas o código de permissão não chegou. Se continuar assim, conecte de novo.',
    wait: 'Não há nada a fazer; leva um momento.',
    live: 'Você já pode enviar e receber mensagens.',
    cancelled: 'Abra de novo a janela da Meta quando quiser; nada se perde.',
    retry: 'Tente de novo.',
  },
};
