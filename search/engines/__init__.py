from search.engines.base import Engine, EngineHit, EngineResult, SearchUnavailable, WriterBusy

__all__ = ["Engine", "EngineHit", "EngineResult", "SearchUnavailable", "WriterBusy"]
