using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Files;

/// <summary>What requests ask of the rows of files, inside the caller's read or write.</summary>
internal static class FileRows
{
    /// <summary>The project's files that have not expired.</summary>
    public static IQueryable<FileEntity> Of(StoreContext context, string project, long nowMs) =>
        context.Files.Where(row => row.Project == project && (row.ExpiresAtMs == null || row.ExpiresAtMs > nowMs));

    /// <summary>Makes sure that files exist.</summary>
    /// <exception cref="ApiException">400, naming <paramref name="param"/>: one does not.</exception>
    public static async Task RequireAsync(
        StoreContext context,
        string project,
        IReadOnlyList<string> ids,
        string param,
        long nowMs,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
        {
            return;
        }
        var found = await Of(context, project, nowMs)
            .Where(row => ids.Contains(row.Id))
            .Select(row => row.Id)
            .ToListAsync(cancellationToken);
        if (ids.Except(found, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw ApiErrors.Invalid($"No such File object: {ApiErrors.Shorten(missing)}", param, "file_not_found");
        }
    }
}
