import { useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Route, Routes, useNavigate, useParams } from 'react-router';
import { Button } from '@/components/ui/Button';
import { ErrorBoundary } from '@/components/ui/ErrorBoundary';
import { useShopLocation } from '@/contexts/LocationContext';
import { useCan, useFlag } from '@/contexts/SessionContext';
import { CustomerList } from '@/features/customers/CustomerList';
import { CustomerPage } from '@/features/customers/CustomerPage';
import { NewCustomerDialog } from '@/features/customers/NewCustomerDialog';
import { ConsentLine } from '@/features/messages/ConsentLine';
import { t } from '@/i18n/t';
import { useLive } from '@/lib/events';
import { customerKeys } from '@/lib/query-keys';
import { useUrlState } from '@/lib/url-state';
import type { Customer } from '@/types';

/** The customers: search and list at the left, the open customer beside it; one after the other on smaller screens. */
export function Customers() {
  return (
    <Routes>
      <Route index element={<Split />} />
      <Route path=":id" element={<Split />} />
    </Routes>
  );
}

function Split() {
  const { id = null } = useParams();
  const { params } = useUrlState();
  const mayEdit = useCan('customer:edit');
  const mayRead = useCan('message:view');
  const mayWrite = useCan('message:send');
  const hasTexts = useFlag('messaging') && mayRead;
  const { location } = useShopLocation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const q = params.get('q');
  const search = q ? `?q=${encodeURIComponent(q)}` : '';

  useLive('customer', (event) => {
    if (event.id) void client.invalidateQueries({ queryKey: customerKeys.one(event.id) });
    void client.invalidateQueries({ queryKey: customerKeys.lists() });
  });
  useLive('appointment', () => {
    if (id) void client.invalidateQueries({ queryKey: customerKeys.history(id) });
  });
  useLive('resync', () => void client.invalidateQueries({ queryKey: customerKeys.all }));

  return (
    <div className="flex min-h-0 flex-1">
      <section
        aria-labelledby="customers-title"
        className={clsx('@container flex min-h-0 min-w-0 flex-col', id ? 'w-[24rem] shrink-0 border-r border-line max-xl:hidden' : 'flex-1')}
      >
        <header className="flex h-14 shrink-0 items-center justify-between gap-3 border-b border-line bg-surface px-4 @2xl:px-6">
          {id ? (
            <h2 id="customers-title" className="text-lg font-semibold">
              {t('customers.title')}
            </h2>
          ) : (
            <h1 id="customers-title" className="text-lg font-semibold">
              {t('customers.title')}
            </h1>
          )}
          {mayEdit ? (
            <Button tone={id ? 'secondary' : 'primary'} icon={<UserPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
              {t('customers.new')}
            </Button>
          ) : null}
        </header>
        <CustomerList openId={id} onNew={mayEdit ? () => setAdding(true) : null} />
      </section>
      {id ? (
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <ErrorBoundary resetKey={id}>
            <CustomerPage id={id} search={search} texts={hasTexts ? (customer) => <CustomerTexts customer={customer} zone={location.timezone} mayRecord={mayWrite} /> : null} />
          </ErrorBoundary>
        </div>
      ) : null}
      {isAdding ? (
        <NewCustomerDialog
          hint={q ?? ''}
          onClose={() => setAdding(false)}
          onCreated={(created) => {
            setAdding(false);
            void navigate(`/customers/${created}`);
          }}
        />
      ) : null}
    </div>
  );
}

/** What the customer's number has agreed to, with the way to its history. */
function CustomerTexts({ customer, zone, mayRecord }: { customer: Customer; zone: string; mayRecord: boolean }) {
  return (
    <div className="px-2.5 pb-3">
      {customer.phone ? (
        <ConsentLine phone={customer.phone} zone={zone} mayRecord={mayRecord} />
      ) : (
        <p className="px-1.5 text-muted">{t('customer.texts.noPhone')}</p>
      )}
    </div>
  );
}
