import { getMe, registerUser, type GetMeRequest, type MeView } from '@rpa/contracts';
import type { RegisterUserRequest, SessionView } from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { clientOf, userOf } from '../asking.js';
import { GetMe } from './get-me.js';
import { RegisterUser } from './register-user.js';

@Messages()
export class AccountsMessages {
  constructor(
    private readonly register: RegisterUser,
    private readonly me: GetMe,
  ) {}

  @Handles(registerUser)
  registerUser(request: RegisterUserRequest, context: MessageContext): Promise<SessionView> {
    return this.register.execute(request, clientOf(context));
  }

  @Handles(getMe)
  getMe(_request: GetMeRequest, context: MessageContext): Promise<MeView> {
    return this.me.execute(userOf(context));
  }
}
