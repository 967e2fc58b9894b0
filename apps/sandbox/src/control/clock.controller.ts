import { BadRequestException, Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, Min } from 'class-validator';
import { Meta } from '../meta.js';
import type { Settings } from '../state/settings.js';
import { instant } from './instant.js';

class MoveClock {
  @ApiPropertyOptional({ description: 'ISO 8601 or epoch milliseconds' })
  @IsOptional()
  now?: string | number;

  @ApiPropertyOptional()
  @IsOptional()
  @IsInt()
  @Min(0)
  advance_ms?: number;
}

class ClockReading {
  @ApiProperty({ example: '2026-11-22T10:00:00.000Z' })
  now: string;

  @ApiPropertyOptional({ description: 'How many timers fell due on the way' })
  fired?: number;
}

class ChangeSettings implements Partial<Settings> {
  @ApiPropertyOptional({ description: 'Real time before each Graph answer' })
  @IsOptional()
  @IsInt()
  @Min(0)
  latency_ms?: number;

  @ApiPropertyOptional()
  @IsOptional()
  @IsInt()
  @Min(0)
  sent_after_ms?: number;

  @ApiPropertyOptional({ description: 'From acceptance; negative: never' })
  @IsOptional()
  @IsInt()
  delivered_after_ms?: number;

  @ApiPropertyOptional({ description: 'From delivery; negative: never' })
  @IsOptional()
  @IsInt()
  read_after_ms?: number;

  @ApiPropertyOptional({ description: 'Negative: only a control call decides' })
  @IsOptional()
  @IsInt()
  template_review_ms?: number;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  enforce_throughput?: boolean;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  enforce_pair_rate?: boolean;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  enforce_tier?: boolean;

  @ApiPropertyOptional({ description: 'Limits of portfolios rise as Meta raises them' })
  @IsOptional()
  @IsBoolean()
  raise_limits?: boolean;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  enforce_window?: boolean;

  @ApiPropertyOptional({ description: 'On-Premises clients can register numbers, as before 2025-10-23' })
  @IsOptional()
  @IsBoolean()
  on_premises_registration?: boolean;
}

@ApiTags('Control')
@Controller('_sandbox')
export class ClockController {
  constructor(private readonly meta: Meta) {}

  @ApiOperation({ summary: 'Read the clock' })
  @Get('clock')
  read(): ClockReading {
    return { now: new Date(this.meta.world.now()).toISOString() };
  }

  /** Sets or advances the clock; what falls due on the way happens, in order. */
  @ApiOperation({ summary: 'Set or advance the clock' })
  @Post('clock')
  @HttpCode(200)
  move(@Body() body: MoveClock): ClockReading {
    if ((body.now === undefined) === (body.advance_ms === undefined))
      throw new BadRequestException('give either now or advance_ms');
    const { clock } = this.meta.world;
    const target = body.now !== undefined ? instant(body.now, 'now') : clock.now() + body.advance_ms!;
    const fired = clock.moveTo(target);
    return { ...this.read(), fired };
  }

  @ApiOperation({ summary: 'Show the settings' })
  @Get('settings')
  settings(): Settings {
    return this.meta.world.settings;
  }

  @ApiOperation({ summary: 'Change timings and brakes' })
  @Post('settings')
  @HttpCode(200)
  change(@Body() body: ChangeSettings): Settings {
    for (const [name, value] of Object.entries(body)) {
      if (value !== undefined) Object.assign(this.meta.world.settings, { [name]: value });
    }
    return this.meta.world.settings;
  }

  @ApiOperation({ summary: 'Begin anew, with nothing pending' })
  @Post('reset')
  @HttpCode(200)
  reset() {
    this.meta.world.reset();
    return { success: true };
  }
}
