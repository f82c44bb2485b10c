// Every operation that a device sends for its session: apart, so that they are loaded with the session alone.
import { operation, type ResultOf } from './typed-operation.js';

const SESSION = 'accessToken refreshToken expiresAt user { id username }';
export const SIGN_UP = operation(
  `mutation SignUp($input: SignUpInput!) { session: signUp(input: $input) { ${SESSION} } }`,
);
export const SIGN_IN = operation(
  `mutation SignIn($input: SignInInput!) { session: signIn(input: $input) { ${SESSION} } }`,
);
export const REFRESH = operation(
  `mutation Refresh($refreshToken: String!) { session: refreshSession(refreshToken: $refreshToken) { ${SESSION} } }`,
);
export const SIGN_OUT = operation('mutation SignOut { signOut }');

export type SessionResult = ResultOf<typeof SIGN_IN>;
