using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using SandboxOperator.Agent.Serve.Http;
using SandboxOperator.Agent.Serve.Unix;

namespace SandboxOperator.Agent.Serve.Files;

/// <summary>A file that is being written: under a name of its own until it is complete, then renamed.</summary>
internal sealed class Upload : IDisposable
{
    private const long GrowBytes = 4 * 1024 * 1024;

    // The sandbox's own user may be another than the agent's, of the same group.
    private const uint FileMode = 0x1b4; // rw-rw-r--
    private const uint DirectoryMode = 0x1fd; // rwxrwxr-x

    private readonly DirectoryHandle _root;
    private readonly DiskQuota.Reservation _reservation;
    private readonly FilePath _path;
    private readonly FilePath? _alias;
    private readonly byte[] _temporary = TemporaryName();
    private readonly SafeFileHandle _file;
    private long _reserved;
    private long _written;
    private bool _renamed;

    /// <summary>Takes over the reservation.</summary>
    public Upload(DirectoryHandle root, DiskQuota.Reservation reservation, FilePath path, long? length, FilePath? alias)
    {
        (_root, _reservation, _path, _alias, _reserved) = (root, reservation, path, alias, length ?? 0);
        try
        {
            _file = Refusing(() => root.CreateFile(_temporary, FileMode));
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    /// <summary>Deletes what an agent that was killed left half written.</summary>
    public static void RemoveLeftovers(DirectoryHandle root)
    {
        using var reading = root.Reopen();
        foreach (var name in reading?.Entries().ToList() ?? [])
        {
            if (
                System
                    .Text.Encoding.Latin1.GetString(name)
                    .StartsWith(FilePath.TemporaryPrefix, StringComparison.Ordinal)
            )
            {
                root.Unlink(name);
            }
        }
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="RequestException">507: they do not fit.</exception>
    public void Write(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            Write(segment.Span);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_written + bytes.Length > _reserved)
        {
            var more = Math.Max(GrowBytes, bytes.Length);
            try
            {
                _reservation.Grow(more);
            }
            catch (RequestException)
            {
                // The last piece may be smaller than what is reserved at a time.
                more = bytes.Length;
                _reservation.Grow(more);
            }

            _reserved += more;
        }

        try
        {
            RandomAccess.Write(_file, bytes, _written);
        }
        catch (IOException e) when (e.HResult is LibC.NoSpace or LibC.QuotaExceeded or LibC.FileTooBig)
        {
            throw RequestException.DiskFull("The disk is full. Delete some files.");
        }

        _written += bytes.Length;
    }

    /// <summary>Puts the file where it belongs, replacing an older one, and makes the alias.</summary>
    /// <exception cref="RequestException">400: something that is no file or directory is in the way.</exception>
    public void Complete()
    {
        _file.Dispose();
        using var parent =
            Refusing(() =>
                WorkingDirectory.Parent(_root, _path, (d, part) => d.OpenOrMakeDirectory(part, DirectoryMode))
            ) ?? throw RequestException.Invalid($"A part of the path '{_path.Text}' is not a directory.");
        Replace(_temporary, parent, _path);
        _renamed = true;
        if (_alias is null || _alias.Text == _path.Text)
        {
            return;
        }

        var link = TemporaryName();
        Refusing(() =>
        {
            _root.Link(link, DirectoryHandle.Name(_path.Text));
            return true;
        });
        try
        {
            Replace(link, _root, _alias);
        }
        catch
        {
            _root.Unlink(link);
            throw;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_renamed)
        {
            _root.Unlink(_temporary);
        }

        _reservation.Dispose();
    }

    private static byte[] TemporaryName() =>
        DirectoryHandle.Name(FilePath.TemporaryPrefix + RandomNumberGenerator.GetHexString(16));

    private void Replace(byte[] name, DirectoryHandle directory, FilePath path)
    {
        try
        {
            Refusing(() =>
            {
                _root.Rename(name, directory, path.Parts[^1]);
                return true;
            });
        }
        catch (UnixException e) when (e.Error is LibC.IsDirectory or LibC.Exists or LibC.NotEmpty)
        {
            throw RequestException.Invalid($"'{path.Text}' is a directory.");
        }
    }

    private static T Refusing<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (UnixException e) when (e.IsDiskFull)
        {
            throw RequestException.DiskFull("The disk is full. Delete some files.");
        }
    }
}
