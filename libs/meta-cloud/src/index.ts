export { CloudTransport } from './cloud-transport.js';
export { GraphClient, GraphError, type GraphRequest, GraphUnreachableError } from './graph-client.js';
export { GraphMedia, type MediaToUpload, type MetaMedia } from './graph-media.js';
export { productPolicyOf, withoutProductPolicy } from './marketing-body.js';
export { MetaCloudModule } from './meta-cloud.module.js';
export { isSignedBy, signBody } from './signature.js';
