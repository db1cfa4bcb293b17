import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Eye, EyeOff } from 'lucide-react';
import type { SubmitEvent } from 'react';
import { useRef, useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import { api } from '@/api';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { IconButton } from '@/components/ui/IconButton';
import { Input } from '@/components/ui/Input';
import { useSessionState } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { useTitle } from '@/lib/title';
import { meKeys } from '@/lib/query-keys';
import type { Me, PublicApp } from '@/types';
import { Mark } from './Mark';

/** Only an address of ours: a link may not send people elsewhere after they signed in. */
function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}

export function Login() {
  const state = useSessionState();
  const [params] = useSearchParams();
  const client = useQueryClient();
  const app = useQuery({
    queryKey: ['public', 'app'],
    queryFn: ({ signal }) => api.get<PublicApp>('/api/public/app', { signal }),
    staleTime: Infinity,
  });
  const [errors, setErrors] = useState<{ email?: string; password?: string; form?: string }>({});
  const [pending, setPending] = useState<string | null>(null);
  const [isShown, setShown] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useTitle(t('title.page', { page: t('login.title'), brand: app.data?.brand.name ?? 'Keytag' }));

  // Whoever came in by PIN may want more than that opens.
  if (state.status === 'in' && !state.session.me.onTablet) return <Navigate to={safeNext(params.get('next'))} replace />;

  const signIn = async (email: string, password: string, source: string): Promise<void> => {
    setPending(source);
    setErrors({});
    try {
      client.setQueryData(meKeys.all, await api.post<Me>('/api/auth/login', { body: { email, password } }));
    } catch (error) {
      setErrors({ form: errorWords(error) });
      setPending(null);
      form.current?.querySelector<HTMLInputElement>('input[name="password"]')?.focus();
    }
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const email = String(data.get('email') ?? '').trim();
    const password = String(data.get('password') ?? '');
    const found = {
      ...(email ? {} : { email: t('login.needEmail') }),
      ...(password ? {} : { password: t('login.needPassword') }),
    };
    setErrors(found);
    const first = 'email' in found ? 'email' : 'password' in found ? 'password' : null;
    if (first) event.currentTarget.querySelector<HTMLInputElement>(`input[name="${first}"]`)?.focus();
    else void signIn(email, password, 'form');
  };
  const demo = app.data?.demo;

  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-3">
          {app.isPending ? <span className="size-10" /> : <Mark color={app.data?.brand.color ?? ''} size={40} />}
          <div>
            <p className="text-lg leading-6 font-semibold">{app.data?.brand.name ?? 'Keytag'}</p>
            <p className="text-muted">{t('login.lead')}</p>
          </div>
        </div>
        <div className="rounded-panel border border-line bg-surface p-6 shadow-card">
          <h1 className="mb-4 text-lg font-semibold">{t('login.title')}</h1>
          {errors.form ? (
            <p role="alert" className="mb-4 rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
              {errors.form}
            </p>
          ) : null}
          {params.get('next') && !errors.form ? <p className="mb-4 text-muted">{t('login.ended')}</p> : null}
          <form ref={form} noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
            <Field label={t('login.email')} error={errors.email}>
              {(control) => <Input {...control} name="email" type="email" autoComplete="username" autoFocus />}
            </Field>
            <Field label={t('login.password')} error={errors.password}>
              {(control) => (
                <span className="relative block">
                  <Input
                    {...control}
                    name="password"
                    type={isShown ? 'text' : 'password'}
                    autoComplete="current-password"
                    className="pr-10 pointer-coarse:pr-12"
                  />
                  <span className="absolute inset-y-0 right-0 flex items-center">
                    <IconButton
                      icon={isShown ? EyeOff : Eye}
                      label={t(isShown ? 'login.hide' : 'login.show')}
                      onClick={() => setShown(!isShown)}
                    />
                  </span>
                </span>
              )}
            </Field>
            <Button
              type="submit"
              tone="primary"
              isWide
              disabled={pending !== null}
              isPending={pending === 'form'}
              pendingLabel={t('login.pending')}
            >
              {t('login.submit')}
            </Button>
          </form>
        </div>
        {demo ? (
          <section aria-labelledby="demo" className="mt-4 rounded-panel border border-line bg-surface p-4">
            <h2 id="demo" className="mb-3 text-xs font-medium text-muted">
              {t('login.demo')}
            </h2>
            <div className="grid grid-cols-2 gap-2">
              {demo.logins.map(({ role, email }) => (
                <Button
                  key={email}
                  disabled={pending !== null}
                  isPending={pending === email}
                  pendingLabel={t('login.pending')}
                  onClick={() => void signIn(email, demo.password, email)}
                >
                  {t(`role.${role}`)}
                </Button>
              ))}
            </div>
            <p className="mt-3 text-xs text-muted">{t('login.demo.hint', { password: demo.password })}</p>
          </section>
        ) : null}
      </div>
    </main>
  );
}
