import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsHexColor, IsString, Length, Matches, MaxLength, ValidateIf } from 'class-validator';
import { carriesWhiteText } from '#libs/config';
import { IsLine, MayBeAbsent, Refusal } from '#libs/http';
import { Branding, type BrandingSetting, LiveSettings } from '#libs/provider-settings';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { ChangeSetting } from './change-setting.js';

/** A data: address is part of every page, so it stays small. */
const LONGEST_LOGO = 100_000;
const FIELDS = ['name', 'logo_url', 'color', 'support_email'] as const;

class BrandingRequest extends ReasonRequest {
  @ApiPropertyOptional({ example: 'Tortuga Mensajes' }) @MayBeAbsent() @IsLine() @Length(1, 100) name?: string;
  @ApiPropertyOptional({ description: 'https:, or a picture as data:; empty for the name alone' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(LONGEST_LOGO)
  @Matches(/^($|https:\/\/[^\s/]+\/|data:image\/(svg\+xml|png|jpeg|webp)[;,])\S*$/, {
    message: 'logo_url must be empty, an https: address, or a data: address of a picture',
  })
  logo_url?: string;
  @ApiPropertyOptional({ example: '#0b6b4f', description: 'White text must be readable on it (WCAG 2.2: 4.5 to 1)' })
  @MayBeAbsent()
  @IsHexColor()
  color?: string;
  @ApiPropertyOptional({ description: 'Empty for none' })
  @MayBeAbsent()
  @ValidateIf((request) => request.support_email !== '')
  @IsEmail()
  @MaxLength(254)
  support_email?: string;
}

class BrandingResponse {
  @ApiProperty() name: string;
  @ApiProperty() logo_url: string;
  @ApiProperty() color: string;
  @ApiProperty() support_email: string;
  @ApiProperty({ enum: FIELDS, isArray: true, description: 'What staff changed; the rest is as the environment says' })
  changed: (typeof FIELDS)[number][];
}

@ApiTags('settings')
@ApiBearerAuth()
@Controller('admin/v1/settings/branding')
export class BrandingController {
  constructor(
    private readonly branding: Branding,
    private readonly live: LiveSettings,
    private readonly change: ChangeSetting,
  ) {}

  /** What merchants know the provider by, on pages and in letters. */
  @Get()
  @Needs('settings.read')
  @ApiOperation({ summary: "See the provider's name, logo and colour" })
  @ApiOkResponse({ type: BrandingResponse })
  show(): BrandingResponse {
    const { name, logoUrl: logo_url, color, supportEmail: support_email } = this.branding;
    const changed = this.live.of('branding') ?? {};
    return { name, logo_url, color, support_email, changed: FIELDS.filter((field) => changed[field] !== undefined) };
  }

  /** Changes all of it; what is left out is again as the environment says. Every process follows within seconds. */
  @Put()
  @Needs('settings.change')
  @ApiOperation({ summary: "Change the provider's name, logo and colour" })
  @ApiOkResponse({ type: BrandingResponse })
  async replace(@Body() { reason, ...given }: BrandingRequest, @Staff() staff: StaffCaller): Promise<BrandingResponse> {
    if (given.color !== undefined && !carriesWhiteText(given.color)) {
      const why = 'color must be #rrggbb, and so dark that white text can be read on it (a contrast of 4.5 to 1).';
      throw Refusal.invalid(why, { color: [why] });
    }
    const value: BrandingSetting = Object.fromEntries(
      FIELDS.flatMap((field) => (given[field] === undefined ? [] : [[field, given[field]]])),
    );
    await this.change.save('branding', Object.keys(value).length > 0 ? value : undefined, { staff, reason });
    return this.show();
  }
}
