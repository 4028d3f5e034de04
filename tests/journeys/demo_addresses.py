"""The portal's addresses with the doors of the demo, which exist only where DEMO is on."""

from django.urls import include, path

from privacy_portal.urls import urlpatterns as portal

urlpatterns = [*portal, path("demo/", include("demo.urls"))]
