"""A kernel websocket without Nagle's delay, for sliders that feel immediate.

The stock connection of jupyter_server leaves Nagle's algorithm on, which costs about
40 ms a round trip. ``dcwidgets lab`` starts JupyterLab with this one::

    jupyter lab --ServerApp.kernel_websocket_connection_class=dcwidgets.nodelay.NoDelayConnection

It is not for servers behind a kernel gateway, which need a connection class of their own.
"""

import asyncio

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class NoDelayConnection(ZMQChannelsWebsocketConnection):
    """The stock connection, with ``TCP_NODELAY`` set before the first message."""

    # The base class is written as a coroutine; the stock connection returns a future, or None.
    def connect(self) -> asyncio.Future[None] | None:  # type: ignore[override]
        """Set ``TCP_NODELAY``, then connect the browser to the kernel as usual.

        Returns
        -------
        asyncio.Future or None
            What the stock connection returns: done when the kernel answers, None if it is gone.
        """
        self.websocket_handler.set_nodelay(True)
        return super().connect()
