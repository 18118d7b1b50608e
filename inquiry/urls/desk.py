"""Addresses of the analyst's desk, of clusters and of dossiers."""

from django.urls import path

from inquiry.views import (
    assigning,
    clusters,
    collect,
    desk,
    desk_acts,
    dossier_parts,
    dossiers,
    exports,
    merges,
)

urlpatterns = [
    path("questions/<str:number>/assign/", assigning.assign_question, name="assign_question"),
    path("clusters/<str:number>/assign/", assigning.assign_cluster, name="assign_cluster"),
    path("dossiers/<str:number>/assign/", assigning.assign_dossier, name="assign_dossier"),
    path("desk/", desk.desk, name="desk"),
    path("desk/<str:number>/claim/", desk_acts.claim, name="claim"),
    path("questions/<str:number>/close/", desk.close, name="close"),
    path("questions/<str:number>/close/<int:pk>/undo/", desk_acts.reopen, name="reopen"),
    path(
        "questions/<str:number>/refine/<int:pk>/undo/", desk_acts.take_back_refinement, name="undo_refinement"
    ),
    path("questions/<str:number>/group/<int:pk>/undo/", desk_acts.take_back_grouping, name="undo_grouping"),
    path("desk/<str:number>/", desk.desk_question, name="desk_question"),
    path("questions/<str:number>/refine/", desk.refine, name="refine"),
    path("questions/<str:number>/group/", desk.group, name="group"),
    path("questions/<str:number>/citations/", desk.typed_citations, name="typed_citations"),
    path("questions/<str:number>/provisions/", desk.provision_link, name="link_provision"),
    path(
        "questions/<str:number>/provisions/<int:pk>/remove/", desk.provision_unlink, name="unlink_provision"
    ),
    path("clusters/", clusters.cluster_list, name="clusters"),
    path("clusters/new/", clusters.cluster_new, name="cluster_new"),
    path("clusters/<str:number>/", clusters.cluster_page, name="cluster"),
    path("clusters/<str:number>/edit/", clusters.cluster_edit, name="cluster_edit"),
    path("clusters/<str:number>/add/", clusters.cluster_add, name="cluster_add"),
    path("clusters/<str:number>/remove/<str:question>/", clusters.cluster_remove, name="cluster_remove"),
    path("clusters/<str:number>/merge/", merges.cluster_merge, name="cluster_merge"),
    path("clusters/<str:number>/merges/<int:pk>/undo/", merges.merge_undo, name="merge_undo"),
    path("clusters/<str:number>/split/", merges.cluster_split, name="cluster_split"),
    path("dossiers/", dossiers.dossier_list, name="dossiers"),
    path("dossiers/new/", dossiers.dossier_new, name="dossier_new"),
    path("dossiers/<str:number>/", dossiers.dossier_page, name="dossier"),
    path("dossiers/<str:number>/edit/", dossiers.dossier_edit, name="dossier_edit"),
    path("dossiers/<str:number>/finish/", dossiers.dossier_finish, name="dossier_finish"),
    path("dossiers/<str:number>/reopen/", dossiers.dossier_reopen, name="dossier_reopen"),
    path("dossiers/<str:number>/add/", dossier_parts.dossier_add, name="dossier_add"),
    path("dossiers/<str:number>/items/<int:pk>/remove/", dossier_parts.item_remove, name="item_remove"),
    path("dossiers/<str:number>/items/<int:pk>/move/", dossier_parts.item_move, name="item_move"),
    path("dossiers/<str:number>/clauses/new/", dossier_parts.clause_new, name="clause_new"),
    path("dossiers/<str:number>/clauses/<int:pk>/", dossier_parts.clause_edit, name="clause_edit"),
    path("dossiers/<str:number>/clauses/<int:pk>/move/", dossier_parts.clause_move, name="clause_move"),
    path("dossiers/<str:number>/clauses/<int:pk>/delete/", dossier_parts.clause_delete, name="clause_delete"),
    path("dossiers/<str:number>/exports/", exports.export_request, name="export_request"),
    path("dossiers/<str:number>/exports/<uuid:pk>/", exports.export_page, name="export"),
    path("dossiers/<str:number>/exports/<uuid:pk>/retry/", exports.export_retry, name="export_retry"),
    path("dossiers/<str:number>/exports/<uuid:pk>/file/", exports.export_file, name="export_file"),
    path("collect/", collect.collect, name="collect"),
]
