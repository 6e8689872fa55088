using Rondo.Services.Hosting;

namespace Rondo.Services;

/// <content>With services in processes of their own.</content>
public static partial class RondoServer
{
    // What a node may write it says by a fence, which the processes of its services would not have.
    private static void RefuseSplit(ServerOptions options)
    {
        if (options.Split)
        {
            throw new StartException(
                "--split is for data in files: with a database, nodes take over from each other as a whole. "
                    + "Leave out --split, or --database-file and RONDO_DATABASE.",
                ExitCode.Usage);
        }
    }
}
