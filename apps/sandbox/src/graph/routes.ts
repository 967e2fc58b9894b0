import type { NodeKind } from '../state/records.js';
import * as business from './business.js';
import * as catalogue from './catalogue.js';
import type { GraphCall } from './graph-call.js';
import * as media from './media.js';
import * as oauth from './oauth.js';
import * as phone from './phone-number.js';
import * as template from './template.js';
import { openUpload } from './uploads.js';
import * as waba from './waba.js';

export type Handler = (call: GraphCall) => unknown;
export type Method = GraphCall['method'];
type Edges = Readonly<Record<string, Partial<Record<Method, Handler>>>>;

/**
 * What can be asked of each kind of node: edge ('' is the node itself) → method → handler. The same path shape means
 * different things by kind, so the kind of the node found under the id decides.
 */
export const ROUTES: Readonly<Record<NodeKind, Edges>> = {
  app: {
    subscriptions: { POST: oauth.subscribeApp, GET: oauth.appSubscriptions },
    uploads: { POST: openUpload },
  },
  business: {
    '': { GET: business.getBusiness },
    extendedcredits: { GET: business.extendedCredits },
    client_whatsapp_business_accounts: { GET: business.clientWabas },
    owned_whatsapp_business_accounts: { GET: business.ownedWabas, POST: business.createWaba },
    owned_product_catalogs: { GET: catalogue.ownedCatalogues, POST: catalogue.createCatalogue },
  },
  waba: {
    '': { GET: waba.getWaba },
    subscribed_apps: { GET: waba.subscriptions, POST: waba.subscribe, DELETE: waba.unsubscribe },
    phone_numbers: { GET: waba.listPhoneNumbers, POST: waba.addPhoneNumber },
    message_templates: { GET: waba.listTemplates, POST: waba.createTemplate, DELETE: waba.deleteTemplates },
    migrate_message_templates: { POST: waba.migrateTemplates },
    product_catalogs: { GET: catalogue.connectedCatalogues, POST: catalogue.connectCatalogue },
    assigned_users: { GET: waba.assignedUsers, POST: waba.assignUser },
  },
  phone_number: {
    '': { GET: phone.getPhoneNumber, POST: phone.updatePhoneNumber },
    messages: { POST: phone.sendMessage },
    marketing_messages: { POST: phone.sendMarketingMessage },
    media: { POST: media.uploadMedia },
    register: { POST: phone.register },
    deregister: { POST: phone.deregister },
    request_code: { POST: phone.requestCode },
    verify_code: { POST: phone.verifyCode },
    whatsapp_business_profile: { GET: phone.getProfile, POST: phone.setProfile },
    smb_app_data: { POST: phone.syncBusinessApp },
    settings: { GET: phone.getSettings, POST: phone.setSettings },
    block_users: { GET: phone.blockedUsers, POST: phone.changeBlockedUsers, DELETE: phone.changeBlockedUsers },
    message_qrdls: { GET: phone.qrCodes, POST: phone.qrCodes, DELETE: phone.qrCodes },
  },
  template: {
    '': { GET: template.getTemplate, POST: template.editTemplate, DELETE: template.deleteTemplate },
    unpause: { POST: template.unpauseTemplate },
  },
  media: { '': { GET: media.getMedia, DELETE: media.deleteMedia } },
  catalogue: {
    items_batch: { POST: catalogue.itemsBatch },
    check_batch_request_status: { GET: catalogue.batchStatus },
    products: { GET: catalogue.listProducts },
  },
  credit_line: { whatsapp_credit_sharing_and_attach: { POST: business.shareCredit } },
  allocation: { '': { GET: business.getAllocation, DELETE: business.revokeAllocation } },
  system_user: {},
};
