// Makes the single node a replica set of one, as the services need it; again changes nothing.
const admin = connect(process.env.ROOT_URL);
try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  admin.adminCommand({ replSetInitiate: { _id: "hotline", members: [{ _id: 0, host: "mongodb:27017" }] } });
}
while (!admin.hello().isWritablePrimary) sleep(500);
print("the replica set has its primary");
