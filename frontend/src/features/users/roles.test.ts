import { groupPermissions, permissionWords } from './roles';

const row = (key: string) => ({ key, description: `server: ${key}`, roles: ['Owner' as const] });

describe('the table of roles', () => {
  it('puts every permission in exactly one group and hides none', () => {
    const keys = ['appointment:edit', 'audit:view', 'money:view', 'payment:void', 'rocket:launch'];
    const shown = groupPermissions(keys.map(row)).flatMap((group) => group.rows.map((one) => one.key));
    expect([...shown].sort()).toEqual([...keys].sort());
  });

  it('leaves out groups without rows', () => {
    expect(groupPermissions([row('board:view')]).map((group) => group.key)).toEqual(['board']);
  });

  it('uses the server’s words for a permission that the catalogue does not know', () => {
    expect(permissionWords(row('rocket:launch'))).toBe('server: rocket:launch');
    expect(permissionWords(row('board:view'))).toBe('See the status board');
  });
});
