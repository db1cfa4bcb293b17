import type { ReactNode } from 'react';
import { Component } from 'react';
import { t } from '@/i18n/t';
import { ErrorState } from './ErrorState';

interface Props {
  children: ReactNode;
  title?: string;
  /** A change of this value, such as the route, gives the part another chance. */
  resetKey?: string;
}

/** Keeps a fault inside one part of the page, so that its neighbours live on. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(previous: Props) {
    if (this.state.error && previous.resetKey !== this.props.resetKey) this.setState({ error: null });
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <ErrorState
        error={this.state.error}
        title={this.props.title ?? t('error.title')}
        onRetry={() => this.setState({ error: null })}
      />
    );
  }
}
