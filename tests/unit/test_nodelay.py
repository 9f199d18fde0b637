"""The kernel websocket turns Nagle's delay off before anything is sent."""

from unittest.mock import Mock

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from dcwidgets.nodelay import NoDelayConnection


def test_nodelay_is_set_before_the_stock_connection_connects(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[object] = []
    handler = Mock(spec=KernelWebsocketHandler)
    handler.set_nodelay.side_effect = order.append
    monkeypatch.setattr(
        ZMQChannelsWebsocketConnection, "connect", lambda _self: order.append("connect")
    )
    connection = NoDelayConnection.__new__(NoDelayConnection)
    connection.websocket_handler = handler

    connection.connect()

    assert order == [True, "connect"]
