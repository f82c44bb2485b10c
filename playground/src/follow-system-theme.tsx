import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';

/** Goes into GraphiQL: its editors look at the colours of the system only once, its styles follow them always. */
export function FollowSystemTheme(): null {
  const theme = useGraphiQL(({ theme: chosen }) => chosen);
  const { setTheme } = useGraphiQLActions();
  useEffect(() => {
    const isDark = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => setTheme(theme);
    isDark.addEventListener('change', follow);
    return () => isDark.removeEventListener('change', follow);
  }, [theme, setTheme]);
  return null;
}
