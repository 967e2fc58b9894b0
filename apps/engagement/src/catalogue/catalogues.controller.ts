import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { makerOf } from '../maker-of.js';
import {
  CatalogueRequest,
  ProductMessageRequest,
  ProductPageRequest,
  type ProductRequest,
  ProductsRequest,
  RecommendationsRequest,
} from './catalogue.request.js';
import {
  CataloguePageResponse,
  CatalogueResponse,
  ProductMessageResponse,
  ProductPageResponse,
  ProductResponse,
  ProductsPutResponse,
  ReadBackResponse,
  RecommendationsResponse,
} from './catalogue.response.js';
import { type Catalogue, Catalogues } from './catalogues.js';
import { ConnectCatalogue } from './connect-catalogue.js';
import type { Product } from './product.js';
import { Products } from './products.js';
import { ReadBack } from './read-back.js';
import { Recommendations } from './recommendations.js';
import { ShowProducts } from './show-products.js';

@ApiTags('catalogue')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/catalogues')
export class CataloguesController {
  constructor(
    private readonly db: Database,
    private readonly connects: ConnectCatalogue,
    private readonly catalogues: Catalogues,
    private readonly products: Products,
    private readonly recommendations: Recommendations,
    private readonly shows: ShowProducts,
    private readonly readBacks: ReadBack,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List catalogues' })
  @ApiOkResponse({ type: CataloguePageResponse })
  async list(@TenantCaller() { tenantId }: Caller, @Query() { cursor }: PageRequest): Promise<CataloguePageResponse> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.catalogues.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.catalogueId, CatalogueResponse.of);
  }

  /** A commerce catalogue that is connected to one of your accounts at Meta; from then on it is filled from here. */
  @Post()
  @ApiOperation({ summary: 'Connect a catalogue' })
  @ApiCreatedResponse({ type: CatalogueResponse })
  async connect(@TenantCaller() caller: Caller, @Body() request: CatalogueRequest): Promise<CatalogueResponse> {
    const { waba_id: metaWabaId, meta_catalog_id: metaCatalogId } = request;
    const given = { metaWabaId, metaCatalogId, madeBy: makerOf(caller) };
    return CatalogueResponse.of(await this.connects.connect(caller.tenantId, given));
  }

  @Get(':id')
  @ApiOperation({ summary: 'See a catalogue' })
  @ApiOkResponse({ type: CatalogueResponse })
  async one(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<CatalogueResponse> {
    return this.db.inTenant(tenantId, async (tx) => CatalogueResponse.of(await this.known(tx, tenantId, id)));
  }

  /** Adds products, or changes those with the same retailer id. They go to Meta in batches; `state` says how far each is. */
  @Put(':id/products')
  @ApiOperation({ summary: 'Put products into a catalogue' })
  @ApiOkResponse({ type: ProductsPutResponse })
  async put(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { products }: ProductsRequest,
  ): Promise<ProductsPutResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      await this.known(tx, tenantId, id);
      return { changed: await this.products.put(tx, tenantId, id, products.map(productOf)) };
    });
  }

  /** In the order of their retailer ids. */
  @Get(':id/products')
  @ApiOperation({ summary: 'List the products of a catalogue' })
  @ApiOkResponse({ type: ProductPageResponse })
  async listProducts(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { cursor }: ProductPageRequest,
  ): Promise<ProductPageResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      await this.known(tx, tenantId, id);
      const rows = await this.products.list(tx, tenantId, id, { after: cursor, limit: PAGE_SIZE + 1 });
      return pageOf(rows, (row) => row.retailerId, ProductResponse.of);
    });
  }

  /** It leaves the list when Meta has taken it out as well. */
  @Delete(':id/products/:retailerId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Take a product out of a catalogue' })
  @ApiNoContentResponse()
  async remove(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Param('retailerId') retailerId: string,
  ): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.products.remove(tx, tenantId, id, retailerId))) throw Refusal.notFound('product');
    });
  }

  /** Compares what Meta lists with what you have here; what Meta lost is sent again. */
  @Post(':id/read-back')
  @HttpCode(200)
  @ApiOperation({ summary: 'Read a catalogue back from Meta' })
  @ApiOkResponse({ type: ReadBackResponse })
  async readBack(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<ReadBackResponse> {
    await this.db.inTenant(tenantId, (tx) => this.known(tx, tenantId, id));
    return this.readBacks.read(tenantId, id);
  }

  /** First what others bought with what this contact bought, then what sells best; nothing they have, nothing out of stock. */
  @Get(':id/recommendations')
  @ApiOperation({ summary: 'See what to recommend to a contact' })
  @ApiOkResponse({ type: RecommendationsResponse })
  async recommend(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { contact_id: contactId, limit = 10 }: RecommendationsRequest,
  ): Promise<RecommendationsResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      await this.known(tx, tenantId, id);
      const asked = { catalogueId: id, contactId, limit };
      return RecommendationsResponse.of(await this.recommendations.of(tx, tenantId, asked));
    });
  }

  /** Sends a message with one product, with several, or with the whole catalogue. */
  @Post(':id/messages')
  @ApiOperation({ summary: 'Show products to a contact' })
  @ApiCreatedResponse({ type: ProductMessageResponse })
  async show(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: ProductMessageRequest,
  ): Promise<ProductMessageResponse> {
    const { phone_number_id, contact_id, retailer_ids, recommended, ...texts } = request;
    const asked = { metaPhoneNumberId: phone_number_id, contactId: contact_id, retailerIds: retailer_ids, recommended };
    const { id: messageId, ref, shown } = await this.shows.show(tenantId, id, { ...asked, ...texts });
    return { id: messageId, ref, retailer_ids: shown };
  }

  private async known(tx: Tx, tenantId: string, id: string): Promise<Catalogue> {
    const catalogue = await this.catalogues.find(tx, tenantId, id);
    if (!catalogue) throw Refusal.notFound('catalogue');
    return catalogue;
  }
}

const productOf = (given: ProductRequest): Product => ({
  retailerId: given.retailer_id,
  title: given.title,
  description: given.description,
  price: given.price,
  currency: given.currency,
  url: given.url,
  imageUrl: given.image_url,
  inStock: given.in_stock ?? true,
  brand: given.brand ?? null,
});
