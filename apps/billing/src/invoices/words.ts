import type { InvoiceLanguage } from '../plans/billing-profiles.js';

/** What stands on a printed invoice, in the buyer's language. */
export interface Words {
  readonly invoice: string;
  readonly creditNote: string;
  readonly issuedOn: string;
  readonly month: string;
  readonly billTo: string;
  readonly taxId: string;
  readonly description: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly amount: string;
  readonly net: string;
  readonly total: string;
  readonly noTax: string;
  readonly reverseCharge: string;
  readonly paidFromWallet: string;
  readonly creditedToWallet: string;
  /** Where it was in part: each beside its amount. */
  readonly fromWallet: string;
  readonly due: string;
  readonly toWallet: string;
  readonly offDue: string;
  readonly page: string;
  readonly creditsInvoice: string;
  readonly free: string;
  readonly tier: string;
  readonly categories: Readonly<Record<string, string>>;
  readonly items: Readonly<Record<string, string>>;
}

export const WORDS: Readonly<Record<InvoiceLanguage, Words>> = {
  en: {
    invoice: 'Invoice',
    creditNote: 'Credit note',
    issuedOn: 'Issued on',
    month: 'Month',
    billTo: 'Bill to',
    taxId: 'Tax id',
    description: 'Description',
    quantity: 'Quantity',
    unitPrice: 'Unit price',
    amount: 'Amount',
    net: 'Net',
    total: 'Total',
    noTax: 'Outside the scope of tax',
    reverseCharge: 'Reverse charge: the customer accounts for the tax',
    paidFromWallet: 'Paid from the wallet. Nothing is due.',
    creditedToWallet: 'Credited to the wallet.',
    fromWallet: 'Paid from the wallet',
    due: 'Still to be paid',
    toWallet: 'Credited to the wallet',
    offDue: 'Off what is to be paid',
    page: 'Page',
    creditsInvoice: 'Credits invoice',
    free: 'free',
    tier: 'tier',
    categories: {
      marketing: 'Marketing messages',
      utility: 'Utility messages',
      authentication: 'Authentication messages',
      authentication_international: 'Authentication messages, international',
      service: 'Service messages',
    },
    items: {
      tenant_fee: 'Monthly fee',
      number_fee: 'Monthly fee per number',
      inbound_fee: 'Messages received',
      minimum: 'Up to the monthly minimum',
      credit: 'Credit',
    },
  },
  es: {
    invoice: 'Factura',
    creditNote: 'Nota de crédito',
    issuedOn: 'Fecha de emisión',
    month: 'Mes',
    billTo: 'Cliente',
    taxId: 'Identificación fiscal',
    description: 'Descripción',
    quantity: 'Cantidad',
    unitPrice: 'Precio unitario',
    amount: 'Importe',
    net: 'Base imponible',
    total: 'Total',
    noTax: 'Operación no sujeta a impuestos',
    reverseCharge: 'Inversión del sujeto pasivo: el impuesto lo declara el cliente',
    paidFromWallet: 'Pagado con el saldo. No hay nada pendiente.',
    creditedToWallet: 'Abonado en el saldo.',
    fromWallet: 'Pagado con el saldo',
    due: 'Pendiente de pago',
    toWallet: 'Abonado en el saldo',
    offDue: 'Descontado de lo pendiente',
    page: 'Página',
    creditsInvoice: 'Abona la factura',
    free: 'gratis',
    tier: 'tramo',
    categories: {
      marketing: 'Mensajes de marketing',
      utility: 'Mensajes de utilidad',
      authentication: 'Mensajes de autenticación',
      authentication_international: 'Mensajes de autenticación internacional',
      service: 'Mensajes de servicio',
    },
    items: {
      tenant_fee: 'Cuota mensual',
      number_fee: 'Cuota mensual por número',
      inbound_fee: 'Mensajes recibidos',
      minimum: 'Hasta el mínimo mensual',
      credit: 'Abono',
    },
  },
  pt: {
    invoice: 'Fatura',
    creditNote: 'Nota de crédito',
    issuedOn: 'Data de emissão',
    month: 'Mês',
    billTo: 'Cliente',
    taxId: 'Identificação fiscal',
    description: 'Descrição',
    quantity: 'Quantidade',
    unitPrice: 'Preço unitário',
    amount: 'Valor',
    net: 'Valor líquido',
    total: 'Total',
    noTax: 'Operação não sujeita a impostos',
    reverseCharge: 'Autoliquidação: o imposto é devido pelo cliente',
    paidFromWallet: 'Pago com o saldo. Nada a pagar.',
    creditedToWallet: 'Creditado no saldo.',
    fromWallet: 'Pago com o saldo',
    due: 'Por pagar',
    toWallet: 'Creditado no saldo',
    offDue: 'Descontado do valor por pagar',
    page: 'Página',
    creditsInvoice: 'Credita a fatura',
    free: 'grátis',
    tier: 'faixa',
    categories: {
      marketing: 'Mensagens de marketing',
      utility: 'Mensagens de utilidade',
      authentication: 'Mensagens de autenticação',
      authentication_international: 'Mensagens de autenticação internacional',
      service: 'Mensagens de serviço',
    },
    items: {
      tenant_fee: 'Mensalidade',
      number_fee: 'Mensalidade por número',
      inbound_fee: 'Mensagens recebidas',
      minimum: 'Até o mínimo mensal',
      credit: 'Crédito',
    },
  },
};
