import { ValidateIf } from 'class-validator';

/**
 * A field of a request that may be left out. Unlike `IsOptional` it lets no `null` through, which would stand where the
 * field's default is wanted.
 */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** A field of a request that must be there, though it may be `null`, where that says something ("no limit"). */
export const MayBeNull = (): PropertyDecorator => ValidateIf((_, value) => value !== null);
