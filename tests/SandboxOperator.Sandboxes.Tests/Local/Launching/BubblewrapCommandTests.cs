using SandboxOperator.Sandboxes.Local;
using SandboxOperator.Sandboxes.Local.Launching;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Local.Launching;

public sealed class BubblewrapCommandTests
{
    private static readonly BubblewrapHost Merged = new(
        DisableUserNamespaces: true,
        [new("/bin", "usr/bin"), new("/lib", "usr/lib"), new("/lib64", "usr/lib64")],
        [],
        ["/etc/fonts", "/etc/ld.so.cache"]
    );

    [Fact]
    public void The_whole_command_is_as_reviewed()
    {
        const string Expected = """
            /usr/bin/bwrap
            --unshare-all
            --unshare-user
            --disable-userns
            --as-pid-1
            --die-with-parent
            --new-session
            --cap-drop ALL
            --uid 1000
            --gid 1000
            --hostname sandbox
            --ro-bind /usr /usr
            --symlink usr/bin /bin
            --symlink usr/lib /lib
            --symlink usr/lib64 /lib64
            --ro-bind /etc/fonts /etc/fonts
            --ro-bind /etc/ld.so.cache /etc/ld.so.cache
            --ro-bind /d/bin/x/etc/group /etc/group
            --ro-bind /d/bin/x/etc/hosts /etc/hosts
            --ro-bind /d/bin/x/etc/nsswitch.conf /etc/nsswitch.conf
            --ro-bind /d/bin/x/etc/passwd /etc/passwd
            --ro-bind /d/bin/x /opt/sandbox
            --proc /proc
            --dev /dev
            --size 67108864
            --perms 1777
            --tmpfs /dev/shm
            --bind /d/s/1/data /mnt/data
            --bind /d/s/1/home /home/sandbox
            --bind /d/s/1/tmp /tmp
            --symlink ../tmp /var/tmp
            --ro-bind /d/s/1/run /run/sandbox
            --remount-ro /
            --remount-ro /dev
            --chdir /mnt/data
            --clearenv
            --setenv HOME /home/sandbox
            --setenv LANG C.UTF-8
            --setenv MPLCONFIGDIR /home/sandbox/.config/matplotlib
            --setenv PATH /usr/local/bin:/usr/bin:/bin
            --setenv TMPDIR /tmp
            --setenv USER sandbox
            --setenv OPENBLAS_CORETYPE Haswell
            --
            /opt/sandbox/sandbox-agent init
            --kernel-socket /run/sandbox/kernel.sock
            --python /usr/bin/python3
            --kernel /opt/sandbox/kernel.py
            --data /mnt/data
            --scratch /home/sandbox
            --scratch /tmp
            --preload pandas,numpy,matplotlib.pyplot
            --memory-bytes 1073741824
            --processes 128
            --disk-bytes 4294967296
            --files 100000
            --cpus 0.5
            """;

        var command = Build(Merged, new LocalSandboxOptions { Cpus = 0.5 });

        string.Join(' ', command).ShouldBe(Expected.ReplaceLineEndings(" "));
    }

    [Fact]
    public void A_machine_with_separate_directories_shows_them_read_only()
    {
        var host = Merged with { Links = [], Directories = ["/bin", "/lib"] };

        var command = string.Join(' ', Build(host, new LocalSandboxOptions()));

        command.ShouldContain("--ro-bind /bin /bin --ro-bind /lib /lib");
        command.ShouldNotContain("--symlink usr");
    }

    [Fact]
    public void An_older_bubblewrap_is_not_given_what_it_does_not_know() =>
        Build(Merged with { DisableUserNamespaces = false }, new LocalSandboxOptions())
            .ShouldNotContain("--disable-userns");

    private static IReadOnlyList<string> Build(BubblewrapHost host, LocalSandboxOptions options) =>
        BubblewrapCommand.Build(
            options,
            host,
            new SandboxFolder("/d/s/1"),
            "/d/bin/x",
            [new("OPENBLAS_CORETYPE", "Haswell")]
        );
}
