import { Global, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { GraphClient } from './graph-client.js';
import { GraphMedia } from './graph-media.js';

@Injectable()
class CloseGraph implements OnApplicationShutdown {
  constructor(@Inject(GraphClient) private readonly graph: GraphClient) {}
  async onApplicationShutdown(): Promise<void> {
    await this.graph.close();
  }
}

/** Provides the GraphClient of the configured Graph API. */
@Global()
@Module({
  providers: [
    {
      provide: GraphClient,
      useFactory: () => {
        const { META_GRAPH_URL, META_GRAPH_VERSION } = loadConfig(['META_GRAPH_URL', 'META_GRAPH_VERSION']);
        return new GraphClient({ url: META_GRAPH_URL, version: META_GRAPH_VERSION, connections: 512 });
      },
    },
    { provide: GraphMedia, inject: [GraphClient], useFactory: (graph: GraphClient) => new GraphMedia(graph) },
    CloseGraph,
  ],
  exports: [GraphClient, GraphMedia],
})
export class MetaCloudModule {}
