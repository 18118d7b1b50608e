"""Addresses of intake and of questions."""

from django.urls import path

from inquiry.views import ask, citing, identities, intake_files, question_actions, questions, secrecy_reviews

urlpatterns = [
    path("questions/", questions.question_list, name="questions"),
    path("questions/ask/", ask.choose_session, name="ask_choose"),
    path("questions/ask/preview/", ask.preview, name="preview"),
    path("questions/ask/<str:number>/", ask.ask, name="ask"),
    path("questions/import/", intake_files.upload, name="import_questions"),
    path("questions/import/template.<str:kind>", intake_files.template, name="import_template"),
    path("questions/import/<str:key>/", intake_files.check, name="import_check"),
    path("questions/import/<str:key>/rejected.<str:kind>", intake_files.rejected, name="import_rejected"),
    path("questions/<str:number>/", questions.question_page, name="question"),
    path("questions/<str:number>/me-too/", question_actions.me_too, name="me_too"),
    path("questions/<str:number>/follow/", question_actions.follow_question, name="follow"),
    path("questions/<str:number>/withdraw/", question_actions.withdraw, name="withdraw"),
    path("questions/<str:number>/correct/", question_actions.correct, name="correct"),
    path("questions/<str:number>/identity/", identities.request_page, name="request_identity"),
    path("secrecy-review/", secrecy_reviews.held_submissions, name="held_submissions"),
    path("secrecy-review/<uuid:pk>/", secrecy_reviews.held_submission, name="held_submission"),
    path("secrecy-review/<uuid:pk>/release/", secrecy_reviews.release, name="release_held"),
    path("secrecy-review/<uuid:pk>/refuse/", secrecy_reviews.refuse, name="refuse_held"),
    path("identity-requests/", identities.requests, name="identity_requests"),
    path("identity-requests/<uuid:pk>/", identities.request_detail, name="identity_request"),
    path("identity-requests/<uuid:pk>/approve/", identities.approve, name="approve_identity"),
    path("identity-requests/<uuid:pk>/refuse/", identities.refuse, name="refuse_identity"),
    path("identity-requests/<uuid:pk>/end/", identities.end, name="end_identity"),
    path("identity-requests/<uuid:pk>/read/", identities.read, name="read_identity"),
    path("me/questions/", questions.my_questions, name="my_questions"),
    path("fragments/sessions/<str:number>/questions/", questions.session_questions, name="session_questions"),
    path("fragments/cases/<str:number>/dossiers/", citing.case_dossiers, name="case_dossiers"),
]
