using System.Net.Sockets;

namespace SandboxOperator.Agent.Serve.Unix;

/// <summary>Unix sockets that only the own user reaches.</summary>
internal static class UnixListener
{
    /// <summary>Binds a socket, replacing one that a dead program left. Nobody can connect before it listens.</summary>
    /// <exception cref="IOException">The path is in use by a living program, or is no socket.</exception>
    public static Socket Bind(string path)
    {
        var endpoint = new UnixDomainSocketEndPoint(path);
        if (File.Exists(path))
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                probe.Connect(endpoint);
                throw new IOException($"another program serves {path}");
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                File.Delete(path);
            }
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endpoint);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
