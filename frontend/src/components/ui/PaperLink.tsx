import { FileText } from 'lucide-react';
import { buttonClasses } from './Button';

/** A paper of a visit: it opens in a tab of its own, where it is read, printed or saved. */
export function PaperLink({ href, children }: { href: string; children: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" className={buttonClasses('ghost')}>
      <FileText size={16} aria-hidden />
      {children}
    </a>
  );
}
