"""Addresses of this room: coming in, one's own account, staff and invitations.

allauth's views are named one by one: what is not here can't be reached. Left out on purpose:
signing up, changing or confirming an e-mail address (an address comes from the school's own
records and identifies a person), telephone numbers and codes by mail.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.urls import path, re_path

from access.views import entrance, invitations, staff

own = entrance.after_second_factor
RESET_KEY = r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"

urlpatterns = [
    path("health/", entrance.health, name="health"),
    path("second-step/", entrance.second_step, name="second_step"),
    path("session/", entrance.session_left, name="session_left"),
    path("language/", entrance.set_language, name="set_language"),
    # coming in and going out
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    # password
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/password/reset/", account.password_reset, name="account_reset_password"),
    path(
        "account/password/reset/done/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(RESET_KEY, account.password_reset_from_key, name="account_reset_password_from_key"),
    path(
        "account/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # second factor
    path("account/2fa/", factors.index, name="mfa_index"),
    path("account/2fa/authenticate/", factors.authenticate, name="mfa_authenticate"),
    path("account/2fa/reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("account/2fa/totp/activate/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("account/2fa/totp/deactivate/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "account/2fa/recovery-codes/",
        own(recovery.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/2fa/recovery-codes/generate/",
        own(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/2fa/recovery-codes/download/",
        own(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/2fa/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("account/2fa/passkeys/add/", own(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("account/2fa/passkeys/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path(
        "account/2fa/passkeys/reauthenticate/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "account/2fa/passkeys/<int:pk>/remove/",
        own(entrance.remove_passkey),
        name="mfa_remove_webauthn",
    ),
    path(
        "account/2fa/passkeys/<int:pk>/edit/", own(passkeys.edit_webauthn), name="mfa_edit_webauthn"
    ),
    # staff
    path("staff/", staff.staff, name="staff"),
    path("staff/<uuid:user_id>/", staff.staff_member, name="staff_member"),
    path("staff/<uuid:user_id>/give-role/", staff.give_role, name="give_role"),
    path("staff/<uuid:user_id>/close/", staff.close_account, name="close_account"),
    path("staff/<uuid:user_id>/reopen/", staff.reopen_account, name="reopen_account"),
    path(
        "staff/<uuid:user_id>/second-factor/",
        staff.reset_second_factor,
        name="reset_second_factor",
    ),
    path("staff/roles/<uuid:membership_id>/end/", staff.end_role, name="end_role"),
    # invitations
    path("staff/invite/", invitations.invite, name="invite"),
    path("staff/invitations/", invitations.invitations, name="invitations"),
    path(
        "staff/invitations/<uuid:invitation_id>/withdraw/",
        invitations.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path(
        "staff/invitations/<uuid:invitation_id>/again/",
        invitations.send_invitation_again,
        name="send_invitation_again",
    ),
    path("invitation/", invitations.invitation, name="invitation"),
    path("invitation/<str:secret>/", invitations.invitation_link, name="invitation_link"),
    # where one is signed in
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
]
