import { Mail, Phone, ShieldCheck } from 'lucide-react';
import { Suspense, lazy, useState } from 'react';
import { Button, buttonClasses } from '@/components/ui/Button';
import '@/i18n/late/consent';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { formatPhone } from '@/lib/phone';
import type { Verdict } from '@/types';

/** What a number can't or may not get at all, whatever is written. */
const NO_TEXTS = new Set(['unreachable', 'opted_out', 'provider_blocked']);

interface OtherWaysProps {
  verdict: Verdict | null;
  phone: string | null;
  /** Writes an email instead; null where only texts are written. */
  onEmail: (() => void) | null;
  /** Opens where the customer's number is entered; null where there is nothing to open. */
  onAddPhone: (() => void) | null;
}

const ConsentForm = lazy(() => import('./ConsentForm').then((module) => ({ default: module.ConsentForm })));

/** Where no text gets through: what would change that, or the ways that do. */
export function OtherWays({ verdict, phone, onEmail, onAddPhone }: OtherWaysProps) {
  const [isRecording, setRecording] = useState(false);
  if (verdict?.kind === 'refused' && verdict.reason === 'no_consent' && phone !== null) {
    return (
      <div data-other-ways>
        <Button size="sm" icon={<ShieldCheck size={16} aria-hidden />} onClick={() => setRecording(true)}>
          {t('consent.record')}
        </Button>
        <Suspense fallback={null}>{isRecording ? <ConsentForm kind="record" phone={phone} onClose={() => setRecording(false)} /> : null}</Suspense>
      </div>
    );
  }
  if (verdict?.kind === 'refused' && verdict.reason === 'no_phone' && onAddPhone) {
    return (
      <div data-other-ways>
        <Button size="sm" icon={<Phone size={16} aria-hidden />} onClick={onAddPhone}>
          {t('composer.addPhone')}
        </Button>
      </div>
    );
  }
  if (verdict?.kind !== 'refused' || !NO_TEXTS.has(verdict.reason ?? '')) return null;
  // Who opted out is to be called: that is said above the composer already.
  const mayCall = phone !== null && verdict.reason === 'unreachable';
  if (!mayCall && !onEmail) return null;
  return (
    <div data-other-ways className="flex flex-wrap items-center gap-2">
      {mayCall ? (
        <a href={`tel:${phone}`} className={buttonClasses('secondary', 'sm')}>
          <Phone size={16} aria-hidden />
          {t('composer.call', { phone: formatPhone(phone) })}
        </a>
      ) : null}
      {onEmail ? (
        <Button size="sm" icon={<Mail size={16} aria-hidden />} onClick={onEmail}>
          {t('composer.email')}
        </Button>
      ) : null}
    </div>
  );
}
