import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { t } from '@/i18n/t';
import { useDebounced } from './useDebounced';
import type { ShopLocation } from '@/types';
import { ACTIONS, ENTITIES } from './kinds';
import type { AuditFilter } from './queries';
import { actionWords, kindWords } from './row-words';

interface AuditFiltersProps {
  filter: AuditFilter;
  locations: readonly ShopLocation[];
  onChange: (changes: Partial<AuditFilter>) => void;
}

/** Who, what, about what, when and where. */
export function AuditFilters({ filter, locations, onChange }: AuditFiltersProps) {
  const isNarrow = Object.values(filter).some((value) => value !== null);
  return null;
}
