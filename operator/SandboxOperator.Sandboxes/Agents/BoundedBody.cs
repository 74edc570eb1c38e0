namespace SandboxOperator.Sandboxes.Agents;

/// <summary>Reads whole answers that an untrusted agent gives.</summary>
internal static class BoundedBody
{
    /// <exception cref="AgentProtocolException">It is longer than allowed.</exception>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    public static async ValueTask<byte[]> ReadAsync(
        HttpResponseMessage response,
        int most,
        TimeSpan patience,
        Deadline deadline
    )
    {
        if (response.Content.Headers.ContentLength > most)
        {
            throw new AgentProtocolException($"an answer of more than {most} bytes");
        }

        using var body = new MemoryStream();
        var piece = new byte[8 << 10];
        await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
        while (true)
        {
            var read = await deadline.WithinAsync(
                patience,
                (to, token) => stream.ReadAsync(to, token),
                piece.AsMemory()
            );
            if (read == 0)
            {
                return body.ToArray();
            }

            body.Write(piece, 0, read);
            if (body.Length > most)
            {
                throw new AgentProtocolException($"an answer of more than {most} bytes");
            }
        }
    }
}
