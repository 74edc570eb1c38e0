namespace SandboxOperator.Gateway.Blobs;

/// <summary>Keeps contents of files. A blob is written once, whole, and never changed.</summary>
internal interface IBlobStore
{
    /// <summary>
    /// Writes a blob. When this returns, the blob survives power loss; when it throws, nothing is left behind.
    /// </summary>
    /// <param name="content">Read to its end.</param>
    /// <param name="maximum">The most bytes.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="BlobTooLargeException">There were more bytes.</exception>
    /// <exception cref="Store.StoreFailedException">The disk is full.</exception>
    Task<BlobSegment> WriteAsync(Stream content, long maximum, CancellationToken cancellationToken);

    /// <summary>Opens blobs one after the other as one seekable stream.</summary>
    /// <exception cref="FileNotFoundException">When reading: a blob was deleted before it was opened.</exception>
    Stream OpenRead(IReadOnlyList<BlobSegment> segments);

    /// <summary>The local file that holds a blob, or null when there is no such thing.</summary>
    string? LocalPath(BlobSegment segment);

    /// <summary>Deletes a blob; readers that have it open read on. Does nothing when it is not there.</summary>
    void Delete(string blob);

    /// <summary>Deletes blobs that were there before <paramref name="before"/> and are not <paramref name="kept"/>.</summary>
    /// <returns>How many.</returns>
    int DeleteOrphans(IReadOnlySet<string> kept, DateTimeOffset before);
}
