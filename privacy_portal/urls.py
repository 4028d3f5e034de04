"""Every address. Each view has a gate or is listed, with its reason, in access.gate."""

from django.conf import settings
from django.urls import include, path

from access import views as access_views

urlpatterns = [
    path("health/", access_views.health, name="health"),
    path("second-step/", access_views.second_step, name="second_step"),
    path("language/", include("django.conf.urls.i18n")),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("", include("overview.urls")),
    path("", include("dossiers.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))
